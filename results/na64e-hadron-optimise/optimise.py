#!/usr/bin/env python3
"""The table of README.md from the lines of ../na64e-setup/scan.sh: usage: optimise.py RAW

b = 2e4 (S_pi + 0.03 S_K) for 1e11 electrons; N90 is the exact CLs limit of the median number of events without signal."""
import math
import sys

value = {}
for line in open(sys.argv[1]):
    D, size, BL, run, key, x, error = line.split()
    value[BL, size, D, run, key] = (float(x), float(error))


def at_most(n, mean):
    """Poisson probability of n or fewer."""
    term = total = math.exp(-mean)
    for k in range(1, n + 1):
        term *= mean / k
        total += term
    return total


def n90(b):
    """Signal events excluded at CLs = 0.1 where the median number of events is seen."""
    n = 0
    while at_most(n, b) < 0.5:
        n += 1
    low, high = 0.0, 100.0
    for _ in range(80):
        s = 0.5 * (low + high)
        if at_most(n, s + b) / at_most(n, b) > 0.1:
            low = s
        else:
            high = s
    return low


AT = "hadron.survival.per_hadron"
ROWS = [("E>20", "", "K", ""), ("E>20, kink", "selection.kink.", "K-late", ""), ("E>30, kink", "selection.e30_kink.", "K-late", "selection.e30."),
        ("p<45", "selection.soft.", "K", "selection.soft."), ("p<45, kink", "selection.soft_kink.", "K-late", "selection.soft.")]
print("| D [cm] | chambers [cm] | cuts | pion | kaon | b | signal | N90 | N90/signal |")
print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
for D in ("800", "1000"):
    for size in ("8", "15", "30"):
        for name, selection, kaons, of_signal in ROWS:
            pi = value["1.4", size, D, "pi", selection + AT]
            K = value["1.4", size, D, kaons, selection + AT]
            signal = value["1.4", size, D, "signal", of_signal + "efficiency.total"]
            b = 2e4 * (pi[0] + 0.03 * K[0])
            print("| %s | %s | %s | %.2e +- %.0e | %.2e +- %.0e | %.3g | %.4f +- %.4f | %.2f | %.0f |" %
                  (D, size, name, *pi, *K, b, *signal, n90(b), n90(b) / signal[0]))
