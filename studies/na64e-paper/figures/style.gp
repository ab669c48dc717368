# What the figures of the study share. The caller sets form (svg, png, pdf), data (folder of the tables) and, here, name and size.
eval (form eq 'svg' ? "set terminal svg size ".width.",".height." font 'DejaVu Sans,".(width > 1200 ? 19 : 15)."' background '#ffffff'" : \
      form eq 'png' ? "set terminal pngcairo size ".width.",".height." font 'DejaVu Sans,".(width > 1200 ? 16 : 13)."' background '#ffffff'" : \
      sprintf("set terminal pdfcairo size %gin,%gin font 'DejaVu Sans,11'", width/100., height/100.))
set output data.'/'.name.'.'.form
set datafile separator ','
set datafile columnheaders
set border 31 linewidth 0.8
set tics front
set key samplen 2.5 spacing 1.1
blue = '#0072B2'; orange = '#E69F00'; green = '#009E73'; pink = '#CC79A7'; red = '#D55E00'; sky = '#56B4E9'; grey = '#808080'
