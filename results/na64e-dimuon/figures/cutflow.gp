# Made by eotmc 0.2.0. In this folder, `gnuplot cutflow.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'cutflow.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1600, 700 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 11.111in, 4.861in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1600, 700 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1600, 700 enhanced }
set output output
set title 'Cut flow' font ',24' offset 0, -0.3
set xlabel 'events per EOT'
low = 1e-13
set xrange [low:0.0001]
set logscale x
set xtics ('10^{−13}' 1e-13, '' 1e-12 1, '10^{−11}' 1e-11, '' 1e-10 1, '10^{−9}' 1e-09, '' 1e-08 1, '10^{−7}' 1e-07, '' 1e-06 1, '10^{−5}' 1e-05, '' 0.0001 1)
set yrange [0.4:5.6]
set ytics scale 0 ('muon pair' 5, 'one track' 4, 'VETO: one MIP' 3, 'HCAL: one MIP each' 2, 'missing energy > 20 GeV' 1)
set label 1 "(7.1043 ± 0.0008)×10^{−5}\n{/*0.75 1.27e+07 events}" at graph 1.03, first 5 left offset 0, 0.3
set label 2 "(2.231 ± 0.004)×10^{−6}\n{/*0.75 364522 events}" at graph 1.03, first 4 left offset 0, 0.3
set label 3 "(3.49 ± 0.05)×10^{−8}\n{/*0.75 5887 events}" at graph 1.03, first 3 left offset 0, 0.3
set label 4 "(2.01 ± 0.04)×10^{−8}\n{/*0.75 3404 events}" at graph 1.03, first 2 left offset 0, 0.3
set label 5 "(4 ± 4)×10^{−12}\n{/*0.75 1 events, poorly determined}" at graph 1.03, first 1 left offset 0, 0.3
set label 99 'eotmc 0.2.0: na64e-dimuon, forced, 1.51e11 EOT equivalent' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set minussign
set border 3 linewidth 0.8
set xtics nomirror
set lmargin 24
set rmargin 25
set bmargin 4.2
unset key
set style fill solid 0.75 noborder
plot 'cutflow.dat' using 3:1:(low):($3 > low ? $3 : low):($1 - 0.3):($1 + 0.3) with boxxyerror linecolor '#0072B2', \
     '' using ($3 - $4 > low ? $3 - $4 : low):($3 > 0 ? $1 : NaN):($3 + $4 - ($3 - $4 > low ? $3 - $4 : low)):(0) with vectors nohead linecolor 'black' linewidth 1
