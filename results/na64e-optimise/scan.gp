# Made by eotmc 0.1.0. In this folder, `gnuplot scan.gp` makes the picture again.
if (!exists('output')) output = 'scan.png'
set encoding utf8
if (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 900 font 'Sans,22' linewidth 2 }
else { set terminal png size 1200, 900 enhanced }
set output output
set xlabel 'selection.missing\_energy [GeV]'
set ylabel 'merit.h90'
set xrange [3.25:41.75]
set yrange [0:0.0485008]
set minussign
set border 31 linewidth 0.8
set mxtics
set mytics
set lmargin 11
set rmargin 3
set key above vertical maxrows 4 samplen 2 font ',15'
set bars small
set label 99 'eotmc 0.1.0' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
plot 'scan.dat' index 0 using 1:2 with lines linecolor '#0072B2' dashtype 1 notitle, \
     '' index 0 using 1:2:3 with yerrorbars linecolor '#0072B2' pointtype 7 pointsize 1.2 notitle
