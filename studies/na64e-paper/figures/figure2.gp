# Total cross sections against the energy.
name = 'figure2'; width = 1000; height = 750
load style
file = data.'/figure2.csv'
array colour[2] = [blue, green]
array mass[2] = [0.11, 1]
set multiplot
set lmargin at screen 0.12; set rmargin at screen 0.97
set tmargin at screen 0.96; set bmargin at screen 0.45
set logscale xy; set xrange [5:200]; set xtics (5, 10, 20, 50, 100, 200); set format x ''; set format y '10^{%L}'
set ylabel 'σ [pb]'; set key bottom right Left reverse
plot for [i = 1:2] file using ($1 == mass[i] ? $2 : NaN):3 with lines linecolor rgb colour[i] linewidth 2 title sprintf('m_φ = %g GeV', mass[i]), \
     for [i = 1:2] file using ($1 == mass[i] ? $2 : NaN):4 with lines linecolor rgb colour[i] linewidth 2 dashtype 2 notitle, \
     for [i = 1:2] file using ($1 == mass[i] ? $2 : NaN):5 with lines linecolor rgb colour[i] linewidth 2 dashtype 3 notitle, \
     NaN with lines linecolor rgb 'black' linewidth 2 title 'exact', NaN with lines linecolor rgb 'black' linewidth 2 dashtype 2 title 'WW', \
     NaN with lines linecolor rgb 'black' linewidth 2 dashtype 3 title 'IWW'
unset key; unset logscale y; set format y '%g'
set tmargin at screen 0.43; set bmargin at screen 0.28
set yrange [-3:4]; set ytics -2, 2, 4; set ylabel "WW/exact\n- 1 [%]"
plot for [i = 1:2] file using ($1 == mass[i] ? $2 : NaN):(100 * ($6 - 1)) with lines linecolor rgb colour[i] linewidth 2, \
     2 with lines linecolor rgb grey dashtype 2, -2 with lines linecolor rgb grey dashtype 2, 0 with lines linecolor rgb grey
set tmargin at screen 0.26; set bmargin at screen 0.11
set format x '%g'; set yrange [1:8]; set ytics 1, 1, 7; set ytics (1, 2, 3, 5, 7); set ylabel 'IWW/exact'; set xlabel 'E [GeV]'
set arrow 1 from 100, graph 0 to 100, graph 1 nohead linecolor rgb grey dashtype 2
plot for [i = 1:2] file using ($1 == mass[i] ? $2 : NaN):7 with lines linecolor rgb colour[i] linewidth 2
unset multiplot
