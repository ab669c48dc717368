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
set ytics ('' 1e-06 1, '10^{−5}' 1e-05, '' 0.0001 1, '10^{−3}' 0.001, '' 0.01 1, '10^{−1}' 0.1, '' 1 1, '10^{1}' 10, '' 100 1)
low = 7.67376e-07
set yrange [low:664.209]
set ylabel 'fraction of the entries / 0.125 GeV'
set label 99 'eotmc 0.2.0' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set lmargin 11
set rmargin 3
set key top right samplen 3 spacing 1.2 font ',18'
scale = 1
above(y) = y / scale > low ? y / scale : low
plot 'hcal_energy.dat' index 1 using 1:(above($2)) with lines linecolor '#0072B2' dashtype solid linewidth 1.3 title 'HCAL0, na64e-signal (0.14 % above the axis)', \
     '' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#600072B2' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 3 using 1:(above($2)) with lines linecolor '#D55E00' dashtype (12, 4) linewidth 1.3 title 'HCAL1, na64e-signal (0.085 % above the axis)', \
     '' index 2 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60D55E00' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 5 using 1:(above($2)) with lines linecolor '#009E73' dashtype (4, 3) linewidth 1.3 title 'HCAL2, na64e-signal (0.078 % above the axis)', \
     '' index 4 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60009E73' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 7 using 1:(above($2)) with lines linecolor '#CC79A7' dashtype (12, 3, 3, 3) linewidth 1.3 title 'HCAL0, na64e-dimuon (0.69 % above the axis)', \
     '' index 6 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60CC79A7' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 9 using 1:(above($2)) with lines linecolor '#E69F00' dashtype (20, 4) linewidth 1.3 title 'HCAL1, na64e-dimuon (0.6 % above the axis)', \
     '' index 8 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60E69F00' linewidth 0.7 notitle, \
     'hcal_energy.dat' index 11 using 1:(above($2)) with lines linecolor '#56B4E9' dashtype (2, 2) linewidth 1.3 title 'HCAL2, na64e-dimuon (0.48 % above the axis)', \
     '' index 10 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#6056B4E9' linewidth 0.7 notitle
