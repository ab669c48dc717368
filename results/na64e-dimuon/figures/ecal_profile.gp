# Made by eotmc 0.2.0. In this folder, `gnuplot ecal_profile.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'ecal_profile.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 900 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 6.250in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 900 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 900 enhanced }
set output output
set minussign
set border 31 linewidth 0.8
set tics front
set title 'Energy deposited in the ECAL' font ',24' offset 0, -0.3
set xrange [0:40.6367661]
set mxtics
set bmargin 4.2
set xlabel 'depth in the ECAL [X₀]'
set logscale y
set ytics ('' 0.0007 1, '' 0.0008 1, '' 0.0009 1, '10^{−3}' 0.001, '' 0.002 1, '' 0.003 1, '' 0.004 1, '' 0.005 1, '' 0.006 1, '' 0.007 1, '' 0.008 1, '' 0.009 1, '10^{−2}' 0.01, '' 0.02 1, '' 0.03 1, '' 0.04 1, '' 0.05 1, '' 0.06 1, '' 0.07 1, '' 0.08 1, '' 0.09 1, '10^{−1}' 0.1, '' 0.2 1, '' 0.3 1, '' 0.4 1, '' 0.5 1, '' 0.6 1, '' 0.7 1, '' 0.8 1, '' 0.9 1, '10^{0}' 1, '' 2 1, '' 3 1, '' 4 1, '' 5 1, '' 6 1, '' 7 1, '' 8 1, '' 9 1, '10^{1}' 10)
low = 0.000603014
set yrange [low:15.1684]
set ylabel 'energy per shower [GeV] / 0.542 X₀'
set label 99 'eotmc 0.2.0: na64e-dimuon, forced, 1.51e11 EOT equivalent' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set lmargin 11
set rmargin 3
set key top right samplen 3 spacing 1.2
scale = 1
above(y) = y / scale > low ? y / scale : low
plot 'ecal_profile.dat' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3) : NaN):1:2:(low):(above($3)) with boxxyerror fillcolor '#56B4E9' fillstyle transparent solid 0.25 noborder notitle, \
     'ecal_profile.dat' index 1 using 1:(above($2)) with lines linecolor '#0072B2' dashtype solid linewidth 1.3 notitle, \
     '' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#600072B2' linewidth 0.7 notitle
