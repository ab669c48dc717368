# Made by eotmc 0.2.0. In this folder, `gnuplot ecal_cell_energy.gp` makes the picture again; with -e "form='svg'" or 'pdf' in that form.
if (!exists('form')) form = 'png'
if (!exists('output')) output = 'ecal_cell_energy.'.form
set encoding utf8
if (form eq 'svg') { set terminal svg size 1200, 1000 dynamic enhanced font 'Sans,22' linewidth 2 background 'white' }
if (form eq 'pdf') { set terminal pdfcairo size 8.333in, 6.944in font 'Sans,11' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) { set terminal pngcairo size 1200, 1000 font 'Sans,22' linewidth 2 }
if (form eq 'png' && strstrt(GPVAL_TERMINALS, 'pngcairo') == 0) { set terminal png size 1200, 1000 enhanced }
set output output
set title 'Energy in the cells of the ECAL' font ',24' offset 0, -0.3
set cblabel 'energy per shower [GeV]' offset 1.5, 0
set xlabel 'cell along x'
set ylabel 'cell along y'
set xrange [-0.5:5.5]
set yrange [-0.5:5.5]
set xtics 1 scale 0
set ytics 1 scale 0
set size ratio -1
set palette defined (0 '#FDE725', 0.25 '#5EC962', 0.5 '#21918C', 0.75 '#3B528B', 1 '#440154')
set rmargin 14
set bmargin 4.2
set cbrange [0.0010419:29.8485]
middle = 0.179986
set logscale cb
set format cb '10^{%L}'
set label 99 'eotmc 0.2.0: na64e-dimuon, forced, 1.51e11 EOT equivalent' at screen 0.98, screen 0.015 right font ',13' textcolor '#808080'
unset key
set minussign
plot 'ecal_cell_energy.dat' using 1:2:($3 > 0 ? $3 : NaN) with image, \
     '' using 1:2:(sprintf('%.2g', $3)):($3 > middle ? 0xFFFFFF : 0) with labels font ',13' textcolor rgb variable
