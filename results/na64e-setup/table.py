#!/usr/bin/env python3
"""scan.dat from the lines of scan.sh: usage: table.py RAW >scan.dat"""
import sys

value = {}
for line in open(sys.argv[1]):
    D, size, BL, run, key, x, error = line.split()
    value[BL, size, D, run, key] = float(x)

AT = "hadron.survival.per_hadron.srd_ecal"
COLUMNS = [("pi20", "pi", AT), ("pi30", "pi", "selection.e30." + AT), ("K20", "K", AT), ("K30", "K", "selection.e30." + AT),
           ("K20_kink", "K", "selection.kink." + AT), ("K30_kink", "K", "selection.e30_kink." + AT),
           ("K20_late", "K-late", "selection.kink." + AT), ("K30_late", "K-late", "selection.e30_kink." + AT),
           ("K20_near", "K-near", "selection.kink." + AT), ("K30_near", "K-near", "selection.e30_kink." + AT),
           ("signal20", "signal", "efficiency.total"), ("signal30", "signal", "selection.e30.efficiency.total")]
print("# survival per hadron of decays between SRD and ECAL; efficiency of the signal at 0.2 GeV (0: not run). "
      "kink: 2 mrad, last tracker at -112.6 cm; late: at -33 cm; near: at -8 cm")
print("# BL_Tm D_cm chamber_cm", *[name for name, run, key in COLUMNS])
for BL in ("1.4", "3.8"):
    for size in ("8", "15", "30"):
        for D in ("720", "800", "1000", "1200", "1400"):
            print(BL, D, size, *["%.3g" % value.get((BL, size, D, run, key), 0.0) for name, run, key in COLUMNS])
        print("\n")
