# Made by eotmc 0.2.0. In this folder, `gnuplot scan.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'scan.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 900 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 6.250in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 900 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 900 enhanced }
set output output
set xlabel 'smallest missing energy [GeV]'
set ylabel 'merit.h90'
set xrange [3.25:41.75]
set yrange [0:0.0487424]
set minussign
set border 31 linewidth 0.8
set lmargin 11
set rmargin 3
set key above vertical maxrows 4 samplen 2 font ',15'
set bars small
set label 99 'eotmc 0.2.0' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
plot 'scan.dat' index 0 using 1:2 with lines linecolor '#0072B2' dashtype 1 notitle, \
     '' index 0 using 1:2:3 with yerrorbars linecolor '#0072B2' pointtype 7 pointsize 1.2 notitle
