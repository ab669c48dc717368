# Made by eotmc 0.2.0. In this folder, `gnuplot geometry_momentum.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'geometry_momentum.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1000, 700 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 6.944in, 4.861in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1000, 700 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1000, 700 enhanced }
set output output
set title 'na64e-dimuon: momentum resolution of the spectrometer' font ',22'
set label 1 'eotmc 0.2.0' at screen 0.99, screen 0.02 right font ',13' textcolor '#808080'
set logscale xy
set xrange [1:300]
set xlabel 'momentum [GeV/c]' font ',18'
set ylabel 'standard deviation of 1/p [%]' font ',18'
set tics font ',16'
set key top left font ',16'
set grid lc rgb '#E0E0E0'
plot 'geometry_momentum.dat' using 1:($2>0?$2:NaN) with lines lc rgb '#0072B2' lw 2 title 'μ⁻', '' using 1:($3>0?$3:NaN) with lines lc rgb '#E69F00' dt 2 lw 2 title 'μ⁺'
