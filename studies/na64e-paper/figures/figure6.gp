# Energy in the modules of the HCAL without cuts.
name = 'figure6'; width = 1500; height = 560
load style
file = data.'/figure6.csv'
set multiplot layout 1, 3 margins 0.075, 0.985, 0.17, 0.9 spacing 0.035
set xrange [0:10]; set errorbars 0; set logscale y; set yrange [1e-4:30]; set xlabel 'calibrated energy [GeV]'; set format y '10^{%L}'
set arrow 1 from 2.5, graph 0 to 2.5, graph 1 nohead linecolor rgb grey dashtype 2
set arrow 2 from 5, graph 0 to 5, graph 1 nohead linecolor rgb grey dashtype 3
set label 1 'one MIP' at 2.55, 2 font ',13' textcolor rgb grey
set label 2 'two' at 5.05, 2 font ',13' textcolor rgb grey
is(s, m) = (strcol(1) eq s && column(2) == m && column(4) > 0 ? column(3) : NaN)
do for [module = 0:2] {
    set title sprintf('HCAL %d', module)
    if (module == 0) { set ylabel 'share of events per GeV' } else { unset ylabel; set format y '' }
    if (module == 2) { set key top right Left reverse } else { unset key }
    plot file using (is('signal', module)):4:(0.125):5 with xyerrorbars linecolor rgb blue pointtype 7 pointsize 0.35 title 'signal, m_φ = '.shown.' GeV', \
         '' using (is('dimuon', module)):4:(0.125):5 with xyerrorbars linecolor rgb red pointtype 4 pointsize 0.35 title 'muon pairs'
}
unset multiplot
