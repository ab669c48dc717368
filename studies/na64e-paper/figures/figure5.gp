# Efficiency of the signal against the mass.
name = 'figure5'; width = 1000; height = 650
load style
file = data.'/figure5.csv'
set logscale x; set xrange [0.1:3.3]; set xtics (0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3)
set logscale y; set yrange [2e-4:0.1]; set ytics ('0.02 %%' 2e-4, '0.05 %%' 5e-4, '0.1 %%' 1e-3, '0.2 %%' 2e-3, '0.5 %%' 5e-3, '1 %%' 0.01, '2 %%' 0.02, '5 %%' 0.05, '10 %%' 0.1)
set xlabel 'm_φ [GeV]'; set ylabel 'efficiency'; set key bottom left Left reverse
set object 1 rectangle from 0.1, 0.02 to 1, 0.06 behind fillcolor rgb '#EEEEEE' fillstyle solid noborder
set label 1 'range of the axis of the paper''s figure' at 0.105, 0.0225 left font ',11' textcolor rgb grey
is(v) = (strcol(1) eq v ? column(2) : NaN)
plot file using (is('exact')):3:4 with yerrorbars linecolor rgb blue pointtype 7 pointsize 0.7 title 'set-up of configs/na64e-paper.yaml, chambers of 15 x 15 cm', \
     '' using (is('exact')):3 with lines linecolor rgb blue notitle, \
     '' using (is('chambers')):3:4 with yerrorbars linecolor rgb green pointtype 5 pointsize 0.7 title 'chambers of 20 x 20 cm', \
     '' using (is('chambers')):3 with lines linecolor rgb green notitle, \
     '' using (is('dmg4')):3:4 with yerrorbars linecolor rgb orange pointtype 9 pointsize 0.8 title 'vertices drawn as DMG4 appears to, 15 x 15 cm', \
     '' using (is('dmg4')):3 with lines linecolor rgb orange dashtype 2 notitle
