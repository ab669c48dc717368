# Missing energy after all cuts but that on it, and after the cut of one track alone.
name = 'figure7'; width = 1000; height = 650
load style
file = data.'/figure7.csv'
set xrange [-15:100]; set logscale y; set yrange [1e-6:1]; set format y '10^{%L}'
set xlabel 'missing energy [GeV]'; set ylabel 'share of events per GeV'; set key top right Left reverse
set arrow 1 from 20, graph 0 to 20, graph 1 nohead linecolor rgb grey dashtype 2
set label 1 ' cut' at 20, graph 0.95 font ',11' textcolor rgb grey
is(s, c) = (strcol(1) eq s && strcol(2) eq c && column(4) > 0 ? column(3) : NaN)
plot file using (is('dimuon', 'all cuts but that on it')):($4 > 1e-7 ? $4 : NaN) with lines linecolor rgb red linewidth 2 title 'muon pairs, after all other cuts', \
     '' using (is('signal', 'all cuts but that on it')):($4 > 1e-7 ? $4 : NaN) with lines linecolor rgb blue linewidth 2 title 'signal, m_φ = '.shown.' GeV, after all other cuts', \
     '' using (is('dimuon', 'one track')):4:5 with yerrorbars linecolor rgb red pointtype 6 pointsize 0.4 linewidth 0.7 title 'muon pairs with one track', \
     '' using (is('signal', 'one track')):4:5 with yerrorbars linecolor rgb blue pointtype 4 pointsize 0.4 linewidth 0.7 title 'signal with one track'
