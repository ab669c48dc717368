#!/usr/bin/env python3
"""The page of the study: each figure of the paper with our curves, what the text states and whether it agrees; self-contained.

usage: page.py EOTMC OUT STUDY STATISTICS
"""
import base64
import csv
import html
import json
import os
import subprocess
import sys

import statements

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #666; --line: #ccc; --box: #f5f5f5; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e6e6e6; --faint: #a0a0a0; --line: #444; --box: #22252a; } }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, 'DejaVu Sans', sans-serif; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; }
.scroll { overflow-x: auto; } .faint { color: var(--faint); } pre { overflow-x: auto; background: var(--box); padding: .6rem; border-radius: 4px; font-size: .85rem; }
.verdict { white-space: nowrap; font-weight: 600; } .verdict::before { margin-right: .35rem; }
.agrees::before { content: '\\2713'; color: #009e73; } .differs::before { content: '\\2717'; color: #d55e00; } .open::before { content: '\\2013'; color: var(--faint); }
section { border-top: 2px solid var(--line); margin-top: 2rem; } h2 { margin-bottom: .2rem; }
@media (max-width: 40rem) { tr, td { display: block; border-bottom: 0; } tr { border-bottom: 1px solid var(--line); padding: .4rem 0; } th { display: none; } td { padding: .1rem 0; } }
@media print { body { max-width: none; } section { break-inside: avoid; } }
"""
TABLES = ("figure1-x", "figure1-psi", "figure1-angles", "figure2", "figure4", "figure5", "figure6", "figure7", "figure8", "numbers")
WORD = {True: ("agrees", "agrees"), False: ("differs", "differs"), None: ("open", "no comparison")}

# What makes the numbers of a figure; OUT and STUDY are put in.
COMMANDS = {
    "1": "eotmc xs --method etl|ww|iww --mphi 0.11,0.2,0.5,1 --energy 100 --differential x|psi --at ... --format csv",
    "2": "eotmc xs --ratio --mphi 0.11,1 --energy 5,...,200 --format csv",
    "4": "eotmc xs --ratio --mphi 0.11,...,1 --energy 5,...,200 --format csv",
    "5": "eotmc run STUDY/signal.yaml --set physics.mphi=M --set sampling.eot=SIGNAL -o OUT/signal/exact/M     (each mass and variant)",
    "6": "eotmc run STUDY/signal.yaml ...; eotmc run STUDY/dimuon.yaml --set sampling.eot=DIMUON -o OUT/dimuon; python3 STUDY/collect.py ...",
    "7": "eotmc events OUT/dimuon --where 'cuts_passed >= 5' --columns weight,missing_energy_GeV,missing_energy_sigma_GeV --format csv",
    "8": "eotmc limit STUDY/limit.yaml --signal-from 'run: OUT/signal/exact/M' ... --background-from 'name: pions, run: OUT/pion' ... -o OUT/limit/exact",
}


def table_of(path):
    """Rows of a CSV file, with numbers as numbers; empty cells are not-a-number."""
    def value(x):
        try:
            return float(x) if x != "" else float("nan")
        except ValueError:
            return x
    with open(path) as text:
        return [{k: value(v) for k, v in row.items()} for row in csv.DictReader(text)]


def data_uri(path, kind):
    with open(path, "rb") as bytes_:
        return f"data:{kind};base64,{base64.b64encode(bytes_.read()).decode()}"


def judged(rows, tables):
    """A table of what the text states, what ours shows, and the verdict; with the verdicts for the record."""
    out, record = ["<div class=\"scroll\"><table><tr><th>the paper's text</th><th>this simulation</th><th></th></tr>"], []
    for text, compare in rows:
        agrees, sentence = compare(tables)
        kind, word = WORD[None if agrees is None else bool(agrees)]
        out.append(f"<tr><td>{html.escape(text)}</td><td>{html.escape(sentence)}</td><td class=\"verdict {kind}\">{word}</td></tr>")
        record.append({"statement": text, "found": sentence, "verdict": word})
    out.append("</table></div>")
    return "\n".join(out), record


def section(n, out, study, tables, settings):
    title, rows = statements.FIGURES[n]
    comparison, record = judged(rows, tables)
    names = [t for t in TABLES if t.split("-")[0] == f"figure{n}"]
    command = COMMANDS[n].replace("OUT", out).replace("STUDY", study)
    for kind, primaries in settings.items():
        command = command.replace(kind.upper(), str(primaries))
    links = " · ".join([f"<a download=\"{t}.csv\" href=\"{data_uri(f'{out}/figures/{t}.csv', 'text/csv')}\">{t}.csv</a>" for t in names] +
                       [f"<a href=\"figures/figure{n}.{form}\">{form.upper()}</a>" for form in ("png", "pdf")])
    return (f"<section id=\"figure{n}\"><h2>Figure {n}</h2><p>{html.escape(title)}</p>\n"
            f"<figure><img alt=\"Figure {n}: {html.escape(title)}\" src=\"{data_uri(f'{out}/figures/figure{n}.svg', 'image/svg+xml')}\"></figure>\n"
            f"{comparison}\n<p class=\"faint\">Data: {links}</p>\n<pre>{html.escape(command)}\n"
            f"snakemake -s {html.escape(study)}/Snakefile --cores 2 {html.escape(out)}/figures/figure{n}.svg</pre></section>\n"), record


def main():
    eotmc, out, study, statistics = sys.argv[1:5]
    tables = {name: table_of(f"{out}/figures/{name}.csv") for name in TABLES}
    first = next(iter(sorted(os.listdir(f"{out}/signal/exact"))))
    settings = {kind: int(json.load(open(f"{out}/{folder}/summary.json"))["estimates"][name]["value"])
                for kind, folder, name in (("signal", f"signal/exact/{first}", "eot.simulated"), ("dimuon", "dimuon", "eot.simulated"),
                                           ("tail", "tail", "eot.simulated"), ("pion", "pion", "hadron.simulated"), ("kaon", "kaon", "hadron.simulated"))
                if os.path.exists(f"{out}/{folder}/summary.json")}
    version = subprocess.run([eotmc, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    body, record = [], {}
    for n in statements.FIGURES:
        text, record[f"figure {n}"] = section(n, out, study, tables, settings)
        body.append(text)
    text, record["text"] = judged(statements.TEXT, tables)
    verdicts = [row["verdict"] for rows in record.values() for row in rows]
    counts = ", ".join(f"{verdicts.count(word)} {text}" for _, (word, text) in
                       ((k, (v[1], v[1])) for k, v in WORD.items()))
    head = (f"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            f"<title>e N → μ N φ: the paper's figures</title><style>{STYLE}</style></head><body>\n"
            "<h1>The NA64 search for e N → μ N φ, figure by figure</h1>\n"
            "<p>Each figure of the paper with the curves of this simulation, what the paper's text states of it, and whether the two agree: the sentences are "
            "computed from the tables below. The paper's curves themselves are not compared. Figure 3, the set-up, is <code>eotmc geometry</code>.</p>\n"
            f"<p class=\"faint\">{html.escape(version)} · statistics: {html.escape(statistics)} "
            f"({', '.join(f'{k} {v:.3g}' for k, v in settings.items())} primaries) · statements: {counts} · "
            "<a href=\"report.html\">report of the runs</a></p>\n")
    page = head + "".join(body) + f"<section id=\"text\"><h2>Numbers in the text</h2>\n{text}</section>\n</body></html>\n"
    for name, content in (("verdicts.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n"), ("index.html", page)):
        with open(f"{out}/{name}.part", "w") as file:
            file.write(content)
        os.replace(f"{out}/{name}.part", f"{out}/{name}")


if __name__ == "__main__":
    main()
