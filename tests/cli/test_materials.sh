#!/usr/bin/env bash
# `eotmc materials`: the list, one material, JSON, a wrong name.
# usage: test_materials.sh EOTMC
set -u
eotmc=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0
failed() { echo "FAILED: $1"; status=1; }

"$eotmc" materials >"$work/list" || failed "the list"
for name in lead uranium PbWO4 LYSO ArCO2_70_30 concrete; do
  grep -q "^$name " "$work/list" || failed "$name is not in the list"
done
[ "$(wc -l <"$work/list")" -gt 150 ] || failed "fewer than 150 lines"
awk '$1 == "lead" {exit !($2 == 11.35 && $3 == 6.37 && $10 == "published")}' "$work/list" || failed "the row of lead: $(grep '^lead ' "$work/list")"
"$eotmc" materials CsI | grep -q "radiation length    1.86 cm, 8.39 g/cm2" || failed "CsI: $("$eotmc" materials CsI)"
"$eotmc" materials CsI LYSO --format json | python3 -c '
import json, sys
d = json.load(sys.stdin)
assert d["schema"] == "eotmc-materials/1" and [m["name"] for m in d["materials"]] == ["CsI", "LYSO"]
c, l = d["materials"]
assert abs(c["X0_cm"] / 1.860 - 1) < 2e-3 and c["density_g_cm3"] == 4.51 and c["mean_excitation_eV"] == 553.1
assert abs(c["X0_g_cm2"] / c["X0_cm"] / c["density_g_cm3"] - 1) < 1e-6
assert abs(c["interaction_length_g_cm2"] / 171.5 - 1) < 5e-3 and c["critical_energy_MeV"] > 5
assert c["density_effect_published"] is True and l["density_effect_published"] is False
assert abs(sum(l["elements"].values()) - 1) < 2e-6 and set(l["elements"]) == {"Lu", "Y", "Si", "O"}
' || failed "JSON"
"$eotmc" materials --format json | python3 -c 'import json, sys; assert len(json.load(sys.stdin)["materials"]) >= 152' || failed "JSON of all"
message=$("$eotmc" materials Csi 2>&1)
[ $? -eq 2 ] || failed "a wrong name must end with 2"
[[ $message == *"did you mean CsI?"* ]] || failed "a wrong name: $message"
exit $status
