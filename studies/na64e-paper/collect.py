#!/usr/bin/env python3
"""The tables of figures 5 to 8 and of the numbers in the text, from the results of the workflow's runs.

usage: collect.py EOTMC OUT SHOWN_MASS MASS... --variants NAME... --limits NAME...
"""
import argparse
import csv
import io
import json
import math
import os
import subprocess

BIN_GEV = 2.0  # of the missing energy after all cuts
FIRST_GEV, LAST_GEV = -20.0, 100.0


def summary_of(folder):
    with open(os.path.join(folder, "summary.json")) as text:
        return json.load(text)


def estimate(summary, name):
    """Value, standard deviation and, of an empty sum, the 90 % upper limit of an estimate; None where it is not there."""
    e = summary["estimates"].get(name)
    return None if e is None else (e["value"], e.get("std_error") or 0.0, e.get("upper_limit_90"))


def write(path, header, rows):
    """A CSV file, put in place when it is whole."""
    with open(path + ".part", "w", newline="") as text:
        table = csv.writer(text, lineterminator="\n")
        table.writerow(header)
        table.writerows([f"{x:.8g}" if isinstance(x, float) else x for x in row] for row in rows)
    os.replace(path + ".part", path)


def efficiencies(out, masses, variants):
    for variant in variants:
        for mass in masses:
            e = estimate(summary_of(f"{out}/signal/{variant}/{mass}"), "efficiency.total")
            if e is not None:
                yield variant, mass, e[0], e[1]


def spectrum(summary, name, together=1):
    """Lower edges, widths, contents and errors of a histogram per GeV, so many bins together, scaled to the sum of 1 over all its bins and
    beyond them."""
    h = summary["histograms"][name]
    axis, values, variances = h["axes"][0], h["storage"]["values"], h["storage"]["variances"]
    width, total = (axis["upper"] - axis["lower"]) / axis["bins"], sum(values)
    scale = 1.0 / (total * width * together) if total > 0.0 else 0.0
    for i in range(0, axis["bins"] - together + 1, together):
        part = slice(i + 1, i + 1 + together)
        yield axis["lower"] + i * width, width * together, sum(values[part]) * scale, math.sqrt(sum(variances[part])) * scale


def modules(samples):
    for name, summary in samples.items():
        for module in range(3):
            for low, width, value, error in spectrum(summary, f"hcal{module}.energy", 2):
                yield name, module, low + 0.5 * width, value, error


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def after_all_cuts(eotmc, folder, n_cut):
    """Missing energy after all cuts but that on it: recorded events, each spread by its Gaussian resolution. Number of events,
    their mean with its error and the mean resolution [GeV], and rows per bin, scaled to 1."""
    text = subprocess.run([eotmc, "events", folder, "--where", f"cuts_passed >= {n_cut}", "--columns",
                           "weight,missing_energy_GeV,missing_energy_sigma_GeV", "--most", "1000000000", "--format", "csv"],
                          check=True, capture_output=True, text=True).stdout
    events = [tuple(float(row[k]) for k in ("weight", "missing_energy_GeV", "missing_energy_sigma_GeV"))
              for row in csv.DictReader(io.StringIO(text))]
    total = sum(w for w, _, _ in events)
    rows = []
    for i in range(int((LAST_GEV - FIRST_GEV) / BIN_GEV)):
        low = FIRST_GEV + i * BIN_GEV
        part = [w * (normal((low + BIN_GEV - m) / s) - normal((low - m) / s)) for w, m, s in events]
        rows.append((low + 0.5 * BIN_GEV, sum(part) / (total * BIN_GEV) if total else 0.0,
                     math.sqrt(sum(p * p for p in part)) / (total * BIN_GEV) if total else 0.0))
    mean = sum(w * m for w, m, _ in events) / total if total else math.nan
    error = math.sqrt(sum((w * (m - mean)) ** 2 for w, m, _ in events)) / total if total else math.nan
    sigma = sum(w * s for w, _, s in events) / total if total else math.nan
    return len(events), mean, error, sigma, rows


def plane(out, limits):
    for variant in limits:
        with open(f"{out}/limit/{variant}/plane.csv") as text:
            for row in csv.DictReader(text):
                if float(row["eot"]) == 1e11:
                    yield ("limit", f"{variant} {row['method']}", float(row["m_phi_GeV"]), row["h_minus_1_sigma"], row["h_median"],
                           row["h_plus_1_sigma"])
    with open(f"{out}/limit/{limits[0]}/lines.csv") as text:
        for row in csv.DictReader(text):
            yield (row["kind"], f"{row['name']} {row['sigmas']} sigma" if row["kind"] == "gm2" else row["name"],
                   float(row["m_phi_GeV"]), row["h_low"], row["h"], row["h_high"])


def main():
    arguments = argparse.ArgumentParser()
    for name in ("eotmc", "out", "shown"):
        arguments.add_argument(name)
    for name in ("masses",):
        arguments.add_argument(name, nargs="+")
    for name in ("--variants", "--limits"):
        arguments.add_argument(name, nargs="+")
    a = arguments.parse_args()
    figures = f"{a.out}/figures"
    signal, dimuon = f"{a.out}/signal/exact/{a.shown}", f"{a.out}/dimuon"
    samples = {"signal": summary_of(signal), "dimuon": summary_of(dimuon)}

    write(f"{figures}/figure5.csv", ("variant", "mphi_GeV", "efficiency", "std_error"), efficiencies(a.out, a.masses, a.variants))
    write(f"{figures}/figure6.csv", ("sample", "module", "energy_GeV", "share_per_GeV", "std_error"), modules(samples))

    rows, numbers = [], []
    for (name, summary), folder in zip(samples.items(), (signal, dimuon)):
        n_cut = len(summary["cutflow"]) - 2  # without the row of all events and that of the missing energy
        n, mean, error, sigma, spread = after_all_cuts(a.eotmc, folder, n_cut)
        rows += [(name, "one track", low + 0.5 * width, value, e) for low, width, value, e in spectrum(summary, "missing_energy")]
        rows += [(name, "all cuts but that on it", *row) for row in spread]
        numbers += [(f"{name}.events_after_all_other_cuts", n, 0.0, "1"), (f"{name}.missing_energy_mean", mean, error, "GeV"),
                    (f"{name}.missing_energy_sigma", sigma, 0.0, "GeV")]
    write(f"{figures}/figure7.csv", ("sample", "selection", "missing_energy_GeV", "share_per_GeV", "std_error"), rows)
    write(f"{figures}/figure8.csv", ("kind", "name", "mphi_GeV", "h_low", "h", "h_high"), plane(a.out, a.limits))

    for run, names in (("dimuon", ("eot.equivalent", "dimuon.gamma.per_eot", "dimuon.gamma.min_photon_energy_GeV",
                                   "dimuon.gamma.excluded_per_eot")),
                       ("tail", ("selected.per_eot_gaussian", "selected.per_eot_exponential")),
                       ("pion", ("hadron.decay_probability.srd_ecal", "hadron.survival.per_hadron", "hadron.survival.per_hadron.srd_ecal",
                                 "background.hadron.per_eot")),
                       ("kaon", ("hadron.decay_probability.srd_ecal", "hadron.survival.per_hadron", "hadron.survival.per_hadron.srd_ecal",
                                 "background.hadron.per_eot"))):
        summary = summary_of(f"{a.out}/{run}")
        for name in names:
            e = estimate(summary, name)
            if e is not None:
                numbers.append((f"{run}: {name}", e[0], e[1], summary["estimates"][name]["unit"]))
    numbers.append(("dimuon: events selected", summary_of(dimuon)["cutflow"][-1]["events"], 0.0, "1"))
    write(f"{figures}/numbers.csv", ("name", "value", "std_error", "unit"), numbers)


if __name__ == "__main__":
    main()
