# Made by eotmc 0.2.0. In this folder, `gnuplot scan.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'scan.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 900 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 6.250in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 900 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 900 enhanced }
set output output
set xlabel 'mass of φ [GeV]'
set ylabel 'efficiency'
set xrange [0.0956522:3.45]
set logscale x
set xtics ('0.1' 0.1, '0.2' 0.2, '' 0.3 1, '' 0.4 1, '0.5' 0.5, '' 0.6 1, '' 0.7 1, '' 0.8 1, '' 0.9 1, '1' 1, '2' 2, '' 3 1)
set logscale y
set ytics ('' 0.0004 1, '5×10^{−4}' 0.0005, '' 0.0006 1, '' 0.0007 1, '' 0.0008 1, '' 0.0009 1, '10^{−3}' 0.001, '2×10^{−3}' 0.002, '' 0.003 1, '' 0.004 1, '5×10^{−3}' 0.005, '' 0.006 1, '' 0.007 1, '' 0.008 1, '' 0.009 1, '10^{−2}' 0.01, '2×10^{−2}' 0.02)
set yrange [0.000359449:0.026513]
set minussign
set border 31 linewidth 0.8
set lmargin 11
set rmargin 3
set key above vertical maxrows 4 samplen 2 font ',15'
set bars small
set label 99 'eotmc 0.2.0' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
plot 'scan.dat' index 0 using 1:2 with lines linecolor '#0072B2' dashtype 1 notitle, \
     '' index 0 using 1:2:3 with yerrorbars linecolor '#0072B2' pointtype 7 pointsize 1.2 title 'one track', \
     'scan.dat' index 1 using 1:2 with lines linecolor '#D55E00' dashtype 1 notitle, \
     '' index 1 using 1:2:3 with yerrorbars linecolor '#D55E00' pointtype 7 pointsize 1.2 title 'VETO: one MIP', \
     'scan.dat' index 2 using 1:2 with lines linecolor '#009E73' dashtype 1 notitle, \
     '' index 2 using 1:2:3 with yerrorbars linecolor '#009E73' pointtype 7 pointsize 1.2 title 'HCAL: one MIP each', \
     'scan.dat' index 3 using 1:2 with lines linecolor '#CC79A7' dashtype 1 notitle, \
     '' index 3 using 1:2:3 with yerrorbars linecolor '#CC79A7' pointtype 7 pointsize 1.2 title 'track below the largest momentum', \
     'scan.dat' index 4 using 1:2 with lines linecolor '#E69F00' dashtype 1 notitle, \
     '' index 4 using 1:2:3 with yerrorbars linecolor '#E69F00' pointtype 7 pointsize 1.2 title 'no kink in front of the ECAL', \
     'scan.dat' index 5 using 1:2 with lines linecolor '#56B4E9' dashtype 1 notitle, \
     '' index 5 using 1:2:3 with yerrorbars linecolor '#56B4E9' pointtype 7 pointsize 1.2 title 'all cuts'
