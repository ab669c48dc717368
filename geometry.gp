# Made by eotmc 0.2.0. In this folder, `gnuplot geometry.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'geometry.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 2000, 440 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 13.889in, 3.056in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 2000, 440 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 2000, 440 enhanced }
set output output
set title 'na64e-dimuon: side view, to scale' font ',22' offset 0, -0.2
set label 1 'eotmc 0.2.0' at screen 0.99, screen 0.02 right font ',13' textcolor '#808080'
set lmargin at screen 0.075000
set rmargin at screen 0.980000
set bmargin at screen 0.238431
set tmargin at screen 0.841046
set xrange [-10:960]
set yrange [-50:92.219337]
set xlabel 'z [cm]' font ',18' offset 0, 0.3
set ylabel 'y [cm]' font ',18' offset 1, 0
set tics front out nomirror font ',16'
set mxtics 2
set border 3 linewidth 0.8
unset key
set style fill solid 0.85 border linecolor '#303030'
set object 1 rectangle from -10, -50 to 960, 50 behind fillcolor '#F4F7FA' fillstyle solid 1.0 noborder # the world
set ytics -50, 25, 50
set arrow 1 from -10, 0 to 960, 0 nohead front linecolor '#D55E00' linewidth 1 dashtype (12, 8)
set label 2 '– – beam, 100 GeV e⁻' at graph 1, screen 0.920523 right font ',16' textcolor '#D55E00'
line = 13.7461326 # height of a line of text [cm]
plot 'geometry.dat' index 0 using (0.5 * ($1 + $2)):(0.5 * ($3 + $4)):1:2:3:4:5 with boxxyerror linecolor rgb variable linewidth 0.6, \
     '' index 1 using (0.5 * ($1 + $2)):(0.5 * ($3 + $4)):1:2:3:4 with boxxyerror fillcolor '#DCE9F2' fillstyle solid 1.0 noborder, \
     '' index 2 using 1:2:($3 - $1):($4 - 0.5 * line - $2) with vectors nohead linecolor '#909090' linewidth 0.5, \
     '' index 2 using 3:4:5 with labels center font ',14' textcolor '#404040' noenhanced, \
     '' index 2 using 3:($4 + line):6 with labels center font ',17' noenhanced
