# Made by eotmc 0.2.0. In this folder, `gnuplot cutflow.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'cutflow.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1600, 880 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 11.111in, 6.111in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1600, 880 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1600, 880 enhanced }
set output output
set title 'Cut flow' font ',24' offset 0, -0.3
set xlabel 'events per EOT'
low = 1e-19
set xrange [low:0.0001]
set logscale x
set xtics ('10^{−19}' 1e-19, '' 1e-18 1, '' 1e-17 1, '10^{−16}' 1e-16, '' 1e-15 1, '' 1e-14 1, '10^{−13}' 1e-13, '' 1e-12 1, '' 1e-11 1, '10^{−10}' 1e-10, '' 1e-09 1, '' 1e-08 1, '10^{−7}' 1e-07, '' 1e-06 1, '' 1e-05 1, '10^{−4}' 0.0001)
set yrange [0.4:7.6]
set ytics scale 0 ('muon pair' 7, 'one track' 6, 'VETO: one MIP' 5, 'HCAL: one MIP each' 4, 'track below the largest momentum' 3, 'no kink in front of the ECAL' 2, 'missing energy > 20 GeV' 1)
set label 1 "(7.1043 ± 0.0008)×10^{−5}\n{/*0.75 12700000 events}" at graph 1.03, first 7 left offset 0, 0.3
set label 2 "(2.231 ± 0.004)×10^{−6}\n{/*0.75 364526 events}" at graph 1.03, first 6 left offset 0, 0.3
set label 3 "(2.15 ± 0.04)×10^{−8}\n{/*0.75 3662 events}" at graph 1.03, first 5 left offset 0, 0.3
set label 4 "(1.467 ± 0.032)×10^{−8}\n{/*0.75 2499 events}" at graph 1.03, first 4 left offset 0, 0.3
set label 5 "(1.467 ± 0.032)×10^{−8}\n{/*0.75 2499 events}" at graph 1.03, first 3 left offset 0, 0.3
set label 6 "(1.467 ± 0.032)×10^{−8}\n{/*0.75 2499 events}" at graph 1.03, first 2 left offset 0, 0.3
set label 7 "(4 ± 4)×10^{−18}\n{/*0.75 0.0 events, poorly determined}" at graph 1.03, first 1 left offset 0, 0.3
set label 99 'eotmc 0.2.0: na64e-dimuon, forced, 1.51e11 EOT equivalent' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
set minussign
set border 3 linewidth 0.8
set xtics nomirror
set lmargin 33
set rmargin 25
set bmargin 4.2
unset key
set style fill solid 0.75 noborder
plot 'cutflow.dat' using 3:1:(low):($3 > low ? $3 : low):($1 - 0.3):($1 + 0.3) with boxxyerror linecolor '#0072B2', \
     '' using ($3 - $4 > low ? $3 - $4 : low):($3 > 0 ? $1 : NaN):($3 + $4 - ($3 - $4 > low ? $3 - $4 : low)):(0) with vectors nohead linecolor 'black' linewidth 1
