#!/usr/bin/env bash
# docs/add-a-process.md, executed: its blocks make a process that builds, runs and is reported; with a part missing nothing compiles.
# usage: test_add_process.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$source/tests/regress/scratch.bash"
export XDG_CACHE_HOME=$work/cache CCACHE_DIR=${CCACHE_DIR:-${HOME:-/tmp}/.cache/ccache}
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
stop() {
    fail "$@"
    exit 1
}
scratch_create "$source" "$work" || stop "the copy does not configure: $(tail -5 "$work/configure.log")"
scratch_apply "$work" "$source/docs/add-a-process.md" || stop "the document cannot be applied"
copy=$work/sources
scratch_build "$work" eotmc || stop "the document's process does not build: $(grep -m 5 -E 'error|undefined' "$work/build.log")"
scratch_build "$work" test_example || stop "the document's test does not build: $(grep -m 5 -E 'error|undefined' "$work/build.log")"
"$work/build/tests/test_example" >"$work/out" 2>&1 || fail "the document's test fails: $(tail -5 "$work/out")"
"$work/build/tests/test_example" 2>&1 | grep -q 'Tested: 3 | Passing: 3' || fail "the document's test has not run"
eotmc=$work/build/eotmc

# --- it is there: configuration, tables, estimates, HepMC, replay, self-test
"$eotmc" run "$copy/configs/smoke.yaml" --dump-config >"$work/out" 2>&1 && grep -q '^ *example: off' "$work/out" || fail "--dump-config has no physics.rare.example"
"$eotmc" run "$copy/configs/smoke.yaml" --set physics.rare.exampel=on -o "$work/none" >"$work/out" 2>&1
grep -q "did you mean 'example'" "$work/out" || fail "the key is not among the candidates: $(cat "$work/out")"
"$eotmc" run "$copy/configs/smoke.yaml" --set physics.rare.example=on --set physics.rare.lfc=on -o "$work/none" >"$work/out" 2>&1
grep -q 'physics.rare.dimuon_gamma=off, physics.rare.example=off' "$work/out" || fail "the refusal does not list it: $(cat "$work/out")"
set -- --set physics.rare.example=on --set physics.rare.dimuon_gamma=off --set physics.cut='5 GeV' --set scoring.showers=0 --set sampling.eot=200 --set sampling.batch=50
"$eotmc" tables "$copy/configs/smoke.yaml" "$@" >"$work/out" 2>&1 && grep -q '^gamma N -> mu+ mu- N (example) ' "$work/out" || fail "tables does not list it: $(cat "$work/out")"
"$eotmc" selftest --device host >"$work/out" 2>&1 && grep -q '^example ' "$work/out" || fail "the self-test has no probe of it: $(tail -3 "$work/out")"
"$eotmc" run "$copy/configs/smoke.yaml" "$@" --device host --progress none --set output.figures=off --set output.hepmc=on --set scoring.record_fraction=1 -o "$work/run" --force >"$work/out" 2>&1 ||
    fail "the run fails: $(cat "$work/out")"
rate=$(tr -d ' \n' <"$work/run/summary.json" | sed -n 's/.*"dimuon.example.per_eot":{"value":\([-+0-9.e]*\).*/\1/p')
all=$(tr -d ' \n' <"$work/run/summary.json" | sed -n 's/.*"dimuon.per_eot":{"value":\([-+0-9.e]*\).*/\1/p')
awk "BEGIN { exit !(${rate:-0} > 0 && ${rate:-0} == ${all:-1}) }" || fail "dimuon.example.per_eot is '$rate', all pairs are '$all'"
n_event=$(grep -c '^E ' "$work/run/events.hepmc")
n_muon=$(grep -cE '^P [0-9]+ -1 -?13 ' "$work/run/events.hepmc")
[ "$n_event" -gt 50 ] && [ "$n_muon" -eq $((2 * n_event)) ] || fail "HepMC has $n_event events with $n_muon muons"
# 1 nb Z^2 on lead (82) is 6.724e6 pb, whatever the photon's energy
grep -q '^A 0 vertex_xsec_pb 6.7240000000e+06$' "$work/run/events.hepmc" || fail "HepMC has not the example's cross section: $(grep -m 1 vertex_xsec_pb "$work/run/events.hepmc")"
"$eotmc" replay "$work/run" --event 3 >"$work/out" 2>&1 && grep -q ': photon of [0-9.]* GeV, muon pair (gamma N -> mu+ mu- N (example)), at' "$work/out" ||
    fail "replay does not name it: $(grep 'vertex in step' "$work/out")"

# --- a part that is missing is found by the compiler or the linker
without() { # FILE SED-EXPRESSION WHAT PATTERN COMMAND...: change a file, the command must fail with a message that matches
    local file=$copy/$1 change=$2 what=$3 pattern=$4 log
    shift 4
    cp "$file" "$work/kept"
    sed -i "$change" "$file"
    cmp -s "$file" "$work/kept" && fail "$what: nothing was changed"
    "$@" && fail "$what: it compiles"
    log=$(cat "$work"/check.log "$work"/build.log 2>/dev/null)
    grep -qE "$pattern" <<<"$log" || fail "$what: not the expected message: $(grep -m 3 -E 'error|undefined' <<<"$log")"
    cp "$work/kept" "$file"
    rm -f "$work/check.log"
}
vertex_compiles() { printf '#include "eotmc/transport/vertex.h"\n' | "${CC:-cc}" -std=c11 -fsyntax-only -I"$copy/include" -x c - >"$work/check.log" 2>&1; }
scratch_check "$work" host/physics/example.c && scratch_check "$work" host/device/selftest.c && vertex_compiles || stop "what is whole does not compile: $(cat "$work/check.log")"
without host/physics/example.c 's/EOT_EM_TOLERANCE, eot_process_unit_one,/EOT_EM_TOLERANCE,/' "a member is missing" 'requires [0-9]+ arguments|too few arguments' scratch_check "$work" host/physics/example.c
without kernels/probes.def '/^EOT_PROBE(example,/d' "no probe" 'PROBE_example' scratch_check "$work" host/device/selftest.c
without include/eotmc/transport/vertices.h '/example_vertex/d' "no vertex function" 'eot_example_vertex|incompatible' vertex_compiles
without host/physics/example.c '/^EOT_PROCESS_DESCRIPTOR/,$d' "a row without its descriptor" 'eot_process_example' scratch_build "$work" eotmc
[ $n_failed -eq 0 ] || exit 1
echo "docs/add-a-process.md makes a process; without one of its parts it does not compile"
