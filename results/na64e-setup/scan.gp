# Where each published number is met: survival over the published one (1: met), efficiency of the signal over 2 % (1 to 3: published range).
set terminal pngcairo size 1400,520 font "sans,10"
set output 'scan.png'
set multiplot layout 1,3
set logscale y
set yrange [0.1:100]
set xlabel 'last chamber D [m]'
set ylabel 'over the published number'
set key top right font ",8"
do for [i=0:2] {
    set title word('8 15 30', i + 1) . ' cm chambers, 1.4 T m'
    set object 1 rectangle from graph 0, first 0.9 to graph 1, first 1.1 fc rgb '#dddddd' behind
    plot 'scan.dat' index i using ($2/100):($4/9.6e-5) with linespoints lc 1 title 'pions, E_{miss} > 20 GeV', \
         '' index i using ($2/100):($5/9.6e-5) with linespoints lc 1 dt 2 title 'pions, > 30 GeV', \
         '' index i using ($2/100):($6/5.6e-5) with linespoints lc 2 title 'kaons, > 20 GeV', \
         '' index i using ($2/100):($8/5.6e-5) with linespoints lc 3 title 'kaons, kink veto to -113 cm', \
         '' index i using ($2/100):($10/5.6e-5) with linespoints lc 4 title 'kaons, kink veto to -33 cm', \
         '' index i using ($2/100):($11/5.6e-5) with linespoints lc 4 dt 2 title 'kaons, that and > 30 GeV', \
         '' index i using ($2/100):($12/5.6e-5) with linespoints lc 6 title 'kaons, kink veto to -8 cm', \
         '' index i using ($2/100):($14/0.02) with linespoints lc 7 lw 2 title 'signal, 0.2 GeV, over 2 %'
}
unset multiplot
