# dsigma/dx and dsigma/dpsi of the exact tree level (full), WW (dashed) and IWW (dotted), and WW and IWW over the exact one.
name = 'figure1'; width = 1500; height = 1000
load style
x = data.'/figure1-x.csv'; psi = data.'/figure1-psi.csv'
array colour[3] = [blue, orange, green]
array mass[3] = [0.11, 0.5, 1]
of(m, column) = ($1 == m && column > 0 ? column : NaN)
set multiplot
do for [side = 1:2] {
    file = side == 1 ? x : psi
    set lmargin at screen (side == 1 ? 0.09 : 0.59); set rmargin at screen (side == 1 ? 0.485 : 0.985)
    set tmargin at screen 0.94; set bmargin at screen 0.47
    set logscale y; set format y '10^{%L}'; set format x ''; set xlabel ''
    if (side == 1) { set xrange [0:1]; unset logscale x; set xtics 0.2; set title 'energy of φ' ; set ylabel 'dσ/dx [pb]'; set key bottom right Left reverse; set yrange [1e-8:1e3]; set ytics 1e-6, 100 }
    else { set xrange [1e-4:0.3]; set logscale x; set xtics (1e-4, 1e-3, 1e-2, 0.1); set title 'angle of the muon'; set ylabel 'dσ/dψ [pb/rad]'; set key bottom center Left reverse; set yrange [1e-5:1e5]; set ytics 1e-4, 100 }
    plot for [i = 1:3] file using ($1 == mass[i] ? $3 : NaN):4 with lines linecolor rgb colour[i] linewidth 2 title sprintf('m_φ = %g GeV', mass[i]), \
         for [i = 1:3] file using ($1 == mass[i] ? $3 : NaN):5 with lines linecolor rgb colour[i] linewidth 2 dashtype 2 notitle, \
         for [i = 1:3] file using ($1 == mass[i] ? $3 : NaN):6 with lines linecolor rgb colour[i] linewidth 2 dashtype 3 notitle, \
         NaN with lines linecolor rgb 'black' linewidth 2 title 'exact', NaN with lines linecolor rgb 'black' linewidth 2 dashtype 2 title 'WW', \
         NaN with lines linecolor rgb 'black' linewidth 2 dashtype 3 title 'IWW'
    unset title; unset key
    set tmargin at screen 0.455; set bmargin at screen 0.285
    unset logscale y; set format y '%g'; set nonlinear y via asinh(y) inverse sinh(y) # linear to 1 %, logarithmic beyond: all of each curve is in it
    set yrange [-200:500]; set ytics (-100, -10, -2, 0, 2, 10, 100); set ylabel '{/*0.85 WW/exact − 1 [%]}'
    plot for [i = 1:3] file using ($1 == mass[i] && $4 > 0 ? $3 : NaN):(100 * ($5 / $4 - 1)) with lines linecolor rgb colour[i] linewidth 2, \
         0 with lines linecolor rgb grey, 2 with lines linecolor rgb grey dashtype 2, -2 with lines linecolor rgb grey dashtype 2
    set tmargin at screen 0.27; set bmargin at screen 0.09
    unset nonlinear y; set yrange [0.8:1.2e4]; set logscale y; set ytics (1, 10, 100, '10^3' 1e3, '10^4' 1e4); set ylabel '{/*0.85 IWW/exact}'
    if (side == 1) { set format x '%g'; set xlabel 'x = E_φ/E' } else { set format x '10^{%L}'; set xlabel 'ψ [rad]' }
    plot for [i = 1:3] file using ($1 == mass[i] && $4 > 0 ? $3 : NaN):($6 / $4) with lines linecolor rgb colour[i] linewidth 2
    set key
}
unset multiplot
