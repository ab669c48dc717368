# The plane of mass and coupling: median limits at 90 %, g-2 and the relic line.
name = 'figure8'; width = 1000; height = 800
load style
file = data.'/figure8.csv'
set logscale xy; set xrange [0.105:3]; set yrange [1e-4:10]; set format y '10^{%L}'
set xtics (0.11, 0.2, 0.3, 0.5, 0.7, 1, 2, 3)
set xlabel 'm_φ [GeV]'; set ylabel 'h'; set key top left Left reverse
is(k, n) = (strcol(1) eq k && strcol(2) eq n ? column(3) : NaN)
starts(k, n) = (strcol(1) eq k && strstrt(strcol(2), n) > 0 ? column(3) : NaN)
plot file using (starts('gm2', ' 3 sigma')):(column(4) > 0 ? column(4) : 1e-12):6 with filledcurves fillcolor rgb '#BDA7D8' fillstyle solid 0.5 noborder title 'g-2 within 3 sigma, 251(59)e-11', \
     '' using (is('limit', 'exact asymptotic')):4:6 with filledcurves fillcolor rgb '#8FD19E' fillstyle solid 0.6 noborder title '±1 sigma', \
     '' using (is('limit', 'exact asymptotic')):5 with lines linecolor rgb 'black' linewidth 2 dashtype 2 title 'median limit, asymptotic, 1e11 electrons, 90 %', \
     '' using (is('limit', 'exact exact')):5 with lines linecolor rgb blue linewidth 1.5 title 'median limit, exact CLs', \
     '' using (is('limit', 'dmg4 asymptotic')):5 with lines linecolor rgb orange linewidth 2 dashtype 4 title 'median limit, vertices as DMG4 appears to draw them', \
     '' using (strcol(1) eq 'relic' ? column(3) : NaN):5 with lines linecolor rgb red dashtype 5 linewidth 1.5 title 'relic line, g = 0.1, m_1 = m_2 = 3 m_φ', \
     '' using (strcol(1) eq 'mark' ? column(3) : NaN):5 with points pointtype 2 pointsize 1.5 linewidth 2 linecolor rgb 'black' title 'the paper''s words: 7e-4 at 0.2 GeV'
