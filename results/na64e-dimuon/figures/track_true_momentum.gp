# Made by eotmc 0.2.0. In this folder, `gnuplot track_true_momentum.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'track_true_momentum.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 900 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 6.250in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 900 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 900 enhanced }
set output output
set minussign
set border 31 linewidth 0.8
set tics front
set title 'Muons with a measured track, at the first chamber' font ',24' offset 0, -0.3
set xrange [0:98]
set mxtics
set bmargin 4.2
set xlabel 'momentum [GeV]'
set logscale y
set ytics ('' 2e-11 1, '' 3e-11 1, '' 4e-11 1, '' 5e-11 1, '' 6e-11 1, '' 7e-11 1, '' 8e-11 1, '' 9e-11 1, '10^{−10}' 1e-10, '' 2e-10 1, '' 3e-10 1, '' 4e-10 1, '' 5e-10 1, '' 6e-10 1, '' 7e-10 1, '' 8e-10 1, '' 9e-10 1, '10^{−9}' 1e-09, '' 2e-09 1, '' 3e-09 1, '' 4e-09 1, '' 5e-09 1, '' 6e-09 1, '' 7e-09 1, '' 8e-09 1, '' 9e-09 1, '10^{−8}' 1e-08, '' 2e-08 1, '' 3e-08 1, '' 4e-08 1, '' 5e-08 1, '' 6e-08 1, '' 7e-08 1, '' 8e-08 1, '' 9e-08 1, '10^{−7}' 1e-07, '' 2e-07 1, '' 3e-07 1, '' 4e-07 1, '' 5e-07 1, '' 6e-07 1)
low = 1.79145e-11
set yrange [low:6.57231e-07]
set ylabel 'entries per EOT / 2 GeV'
set label 99 'eotmc 0.2.0: na64e-dimuon, forced, 1.51e11 EOT equivalent' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set lmargin 11
set rmargin 3
set key top right samplen 3 spacing 1.2
scale = 1
above(y) = y / scale > low ? y / scale : low
plot 'track_true_momentum.dat' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3) : NaN):1:2:(low):(above($3)) with boxxyerror fillcolor '#56B4E9' fillstyle transparent solid 0.25 noborder notitle, \
     'track_true_momentum.dat' index 1 using 1:(above($2)) with lines linecolor '#0072B2' dashtype solid linewidth 1.3 notitle, \
     '' index 0 using (0.5 * ($1 + $2)):($3 > 0 ? above($3 - $4) : NaN):(0):(above($3 + $4) - above($3 - $4)) with vectors nohead linecolor '#600072B2' linewidth 0.7 notitle
