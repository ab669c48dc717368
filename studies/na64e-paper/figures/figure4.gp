# IWW over the exact total cross section against the energy.
name = 'figure4'; width = 1000; height = 650
load style
file = data.'/figure4.csv'
array colour[8] = [blue, orange, green, pink, sky, red, 'black', grey]
array mass[8] = [0.11, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1]
set logscale x; set xrange [5:200]; set xtics (5, 10, 20, 50, 100, 200); set yrange [1.5:9]
set xlabel 'E [GeV]'; set ylabel 'IWW/exact, total cross section'; set key top right Left reverse
plot for [i = 1:8] file using ($1 == mass[i] ? $2 : NaN):7 with lines linecolor rgb colour[i] linewidth 2 title sprintf('m_φ = %g GeV', mass[i])
