# Made by eotmc 0.2.0. In this folder, `gnuplot missing_energy.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'missing_energy.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 1100 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 7.639in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 1100 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 1100 enhanced }
set output output
set minussign
set border 31 linewidth 0.8
set tics front
set multiplot
set title 'Missing energy of events with one track' font ',24' offset 0, -0.3
set xrange [-40:90]
set mxtics
set format x ''
set tmargin at screen 0.92
set bmargin at screen 0.335
set logscale y
set ytics ('10^{−6}' 1e-06, '' 2e-06 1, '' 3e-06 1, '' 4e-06 1, '' 5e-06 1, '' 6e-06 1, '' 7e-06 1, '' 8e-06 1, '' 9e-06 1, '10^{−5}' 1e-05, '' 2e-05 1, '' 3e-05 1, '' 4e-05 1, '' 5e-05 1, '' 6e-05 1, '' 7e-05 1, '' 8e-05 1, '' 9e-05 1, '10^{−4}' 0.0001, '' 0.0002 1, '' 0.0003 1, '' 0.0004 1, '' 0.0005 1, '' 0.0006 1, '' 0.0007 1, '' 0.0008 1, '' 0.0009 1, '10^{−3}' 0.001, '' 0.002 1, '' 0.003 1, '' 0.004 1, '' 0.005 1, '' 0.006 1, '' 0.007 1, '' 0.008 1, '' 0.009 1, '10^{−2}' 0.01, '' 0.02 1, '' 0.03 1, '' 0.04 1, '' 0.05 1, '' 0.06 1, '' 0.07 1, '' 0.08 1, '' 0.09 1, '10^{−1}' 0.1, '' 0.2 1, '' 0.3 1, '' 0.4 1, '' 0.5 1, '' 0.6 1, '' 0.7 1, '' 0.8 1, '' 0.9 1, '10^{0}' 1, '' 2 1)
low = 9.87613e-07
set yrange [low:2.90052]
set ylabel 'fraction of the entries / 2 GeV'
set label 99 'eotmc 0.2.0' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set lmargin 11
set rmargin 3
set key top right samplen 3 spacing 1.2 font ',18'
scale = 1
above(y) = y / scale > low ? y / scale : low
plot 'missing_energy.dat' index 1 using 1:(above($2)) with lines linecolor '#0072B2' dashtype solid linewidth 1.3 title 'na64e-signal', \
     '' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#600072B2' linewidth 0.7 notitle, \
     'missing_energy.dat' index 3 using 1:(above($2)) with lines linecolor '#D55E00' dashtype (12, 4) linewidth 1.3 title 'na64e-dimuon', \
     '' index 2 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#60D55E00' linewidth 0.7 notitle
unset title
unset key
unset arrow
unset label
unset logscale y
set ytics auto
set mytics
set format x '%g'
set tmargin at screen 0.31
set bmargin at screen 0.105
set ylabel 'ratio'
set xlabel 'missing energy [GeV]'
set logscale y
set ytics ('0.001' 0.001, '' 0.002 1, '' 0.003 1, '' 0.004 1, '' 0.005 1, '' 0.006 1, '' 0.007 1, '' 0.008 1, '' 0.009 1, '0.01' 0.01, '' 0.02 1, '' 0.03 1, '' 0.04 1, '' 0.05 1, '' 0.06 1, '' 0.07 1, '' 0.08 1, '' 0.09 1, '0.1' 0.1, '' 0.2 1, '' 0.3 1, '' 0.4 1, '' 0.5 1, '' 0.6 1, '' 0.7 1, '' 0.8 1, '' 0.9 1, '1' 1, '' 2 1, '' 3 1, '' 4 1, '' 5 1, '' 6 1, '' 7 1, '' 8 1, '' 9 1, '10' 10, '' 20 1, '' 30 1, '' 40 1, '' 50 1, '' 60 1, '' 70 1, '' 80 1, '' 90 1, '100' 100, '' 200 1, '' 300 1, '' 400 1, '' 500 1, '' 600 1, '' 700 1, '' 800 1, '' 900 1, '1000' 1000)
set yrange [0.001:1000]
plot 1 with lines linecolor '#505050' dashtype (8, 6) notitle, \
     'missing_energy.dat' index 4 using 1:2:3 with yerrorbars linecolor '#D55E00' pointtype 7 pointsize 0.6 notitle
unset multiplot
