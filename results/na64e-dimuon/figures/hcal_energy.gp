# Made by eotmc 0.2.0. In this folder, `gnuplot hcal_energy.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'hcal_energy.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 900 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 6.250in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 900 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 900 enhanced }
set output output
set minussign
set border 31 linewidth 0.8
set tics front
set title 'Energy in the HCAL modules' font ',24' offset 0, -0.3
set xrange [0:10]
set mxtics
set bmargin 4.2
set xlabel 'calibrated energy [GeV]'
set logscale y
set ytics ('' 6e-11 1, '' 7e-11 1, '' 8e-11 1, '' 9e-11 1, '10^{−10}' 1e-10, '' 2e-10 1, '' 3e-10 1, '' 4e-10 1, '' 5e-10 1, '' 6e-10 1, '' 7e-10 1, '' 8e-10 1, '' 9e-10 1, '10^{−9}' 1e-09, '' 2e-09 1, '' 3e-09 1, '' 4e-09 1, '' 5e-09 1, '' 6e-09 1, '' 7e-09 1, '' 8e-09 1, '' 9e-09 1, '10^{−8}' 1e-08, '' 2e-08 1, '' 3e-08 1, '' 4e-08 1, '' 5e-08 1, '' 6e-08 1, '' 7e-08 1, '' 8e-08 1, '' 9e-08 1, '10^{−7}' 1e-07, '' 2e-07 1, '' 3e-07 1, '' 4e-07 1, '' 5e-07 1, '' 6e-07 1, '' 7e-07 1, '' 8e-07 1, '' 9e-07 1, '10^{−6}' 1e-06, '' 2e-06 1, '' 3e-06 1, '' 4e-06 1, '' 5e-06 1, '' 6e-06 1, '' 7e-06 1, '' 8e-06 1, '' 9e-06 1, '10^{−5}' 1e-05, '' 2e-05 1, '' 3e-05 1, '' 4e-05 1, '' 5e-05 1, '' 6e-05 1, '' 7e-05 1, '' 8e-05 1, '' 9e-05 1, '10^{−4}' 0.0001, '' 0.0002 1)
low = 5.43758e-11
set yrange [low:0.000242211]
set ylabel 'entries per EOT / 0.125 GeV'
set label 99 'eotmc 0.2.0: na64e-dimuon, forced, 1.51e11 EOT equivalent' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set arrow 1 from 1.2, graph 0 to 1.2, graph 1 nohead front dashtype (8, 6) linecolor '#505050'
set label 1 'cut' at 1.2, graph 0.97 right rotate by 90 offset -0.6, 0 front font ',16' textcolor '#505050'
set arrow 2 from 4, graph 0 to 4, graph 1 nohead front dashtype (8, 6) linecolor '#505050'
set label 2 'cut' at 4, graph 0.97 right rotate by 90 offset -0.6, 0 front font ',16' textcolor '#505050'
set lmargin 11
set rmargin 3
set key top right samplen 3 spacing 1.2 font ',18'
scale = 1
above(y) = y / scale > low ? y / scale : low
plot 'hcal_energy.dat' index 1 using 1:(above($2)) with lines linecolor '#0072B2' dashtype solid linewidth 1.3 title 'HCAL0 (0.69 % above the axis)', \
     '' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#600072B2' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 3 using 1:(above($2)) with lines linecolor '#D55E00' dashtype (12, 4) linewidth 1.3 title 'HCAL1 (0.6 % above the axis)', \
     '' index 2 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60D55E00' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 5 using 1:(above($2)) with lines linecolor '#009E73' dashtype (4, 3) linewidth 1.3 title 'HCAL2 (0.48 % above the axis)', \
     '' index 4 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60009E73' linewidth 0.7 notitle
