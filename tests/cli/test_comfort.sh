#!/usr/bin/env bash
# What makes eotmc pleasant to use: configurations from standard input, quiet runs, JSON of a run, ranges of a scan, eotmc init, help within 80 columns, man page,
# completion.
# usage: test_comfort.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
commands=$(sed -nE 's/^EOT_COMMAND\(([a-z]+),.*/\1/p' "$source/host/cli/commands.def")
options() { "$eotmc" "$1" --help | sed -nE 's/^  (-[a-z], |    )--([a-z0-9-]+).*/\2/p'; }

# --- standard input: the same configuration as from the file; what is read more than once is refused
"$eotmc" run - --dump-config <"$source/configs/smoke.yaml" | cmp -s - <("$eotmc" run "$source/configs/smoke.yaml" --dump-config) || fail "run -: another configuration"
sed 's/energy: 100 GeV/enorgy: 100 GeV/' "$source/configs/smoke.yaml" | "$eotmc" check - --device host >"$work/out" 2>/dev/null
grep -q '^error: standard input:5: beam.enorgy' "$work/out" || fail "a mistake in standard input: $(cat "$work/out")"
"$eotmc" scan - --over beam.energy=80,90 <"$source/configs/smoke.yaml" 2>"$work/err" && fail "scan - is taken"
grep -q 'write it to a file' "$work/err" || fail "scan -: $(cat "$work/err")"
(cd "$source/configs" && "$eotmc" run - --dump-config <na64e-dimuon.yaml) | cmp -s - <("$eotmc" run "$source/configs/na64e-dimuon.yaml" --dump-config) || fail "include from standard input"

# --- quiet, and JSON
"$eotmc" run "$source/configs/smoke.yaml" --device host -q -o "$work/quiet" >"$work/out" 2>"$work/err" || fail "run -q: $(cat "$work/err")"
[ ! -s "$work/out" ] && ! grep -vq '^warning: ' "$work/err" || fail "run -q is not quiet: $(cat "$work/out" "$work/err")"
"$eotmc" run "$source/configs/smoke.yaml" --device host --format json -q -o "$work/json" >"$work/out" 2>"$work/err" || fail "run --format json: $(cat "$work/err")"
cmp -s "$work/out" "$work/json/summary.json" || fail "run --format json does not print summary.json"
"$eotmc" run "$source/configs/smoke.yaml" -q -v -o "$work/x" 2>"$work/err" && fail "-q with -v"

# --- ranges: the points of a scan, with a unit and beside plain values
"$eotmc" scan "$source/configs/smoke.yaml" --over 'beam.energy=50..100:3 GeV,120 GeV' --device host --progress none --set sampling.eot=8 --set sampling.batch=8 --set scoring.showers=0 \
    --no-figure -o "$work/scan" >/dev/null 2>"$work/err" || fail "a range: $(cat "$work/err")"
[ "$(tail -n +2 "$work/scan/scan.csv" | cut -d, -f1 | tr '\n' ' ')" = "50 GeV 75 GeV 100 GeV 120 GeV " ] || fail "a range has other points: $(cut -d, -f1 "$work/scan/scan.csv")"
"$eotmc" scan "$source/configs/smoke.yaml" --over 'beam.energy=50..100:1' 2>"$work/err" && fail "a range of one value"
grep -q "a range of 1 values" "$work/err" || fail "a range of one value: $(cat "$work/err")"

# --- init: what it writes can be run, whatever is asked for; an existing file stays
for study in dimuon signal mu2e; do
    for more in "" "--absorber tungsten --hcal 1" "--hcal 4 --energy 150"; do
        # shellcheck disable=SC2086 # options
        "$eotmc" init --study $study $more >"$work/init.yaml" 2>"$work/err" || fail "init $study $more: $(cat "$work/err")"
        "$eotmc" check "$work/init.yaml" --device host >"$work/out" 2>&1 || fail "what init $study $more writes is wrong: $(cat "$work/out")"
        [ "$(grep -c '#' "$work/init.yaml")" -gt 12 ] || fail "init $study $more: hardly a comment"
    done
done
"$eotmc" init "$work/mine.yaml" --eot 50 </dev/null 2>/dev/null && "$eotmc" run "$work/mine.yaml" --device host -q -o "$work/mine" --set output.figures=off 2>"$work/err" || fail "a run of what init writes: $(cat "$work/err")"
before=$(sha256sum <"$work/mine.yaml")
"$eotmc" init "$work/mine.yaml" --study signal 2>/dev/null && fail "init writes over a file"
[ "$before" = "$(sha256sum <"$work/mine.yaml")" ] || fail "init has changed a file"
"$eotmc" init --energy "1 TeV" >"$work/out" 2>"$work/err" && fail "init takes an energy out of range"
[ -s "$work/out" ] && fail "init prints what is out of range"
"$eotmc" init --absorber marble 2>"$work/err" && fail "init takes marble"

# --- help: at most 80 columns; --help, help COMMAND and every option in man page and completion
wide=$("$eotmc" help | awk 'length > 80')
for command in $commands; do
    "$eotmc" help "$command" >"$work/help" || fail "help $command"
    cmp -s "$work/help" <("$eotmc" "$command" --help) || fail "help $command is not $command --help"
    wide+=$(awk 'length > 80' "$work/help")
    grep -q '^example:' "$work/help" || fail "help $command has no example"
done
[ -z "$wide" ] || fail "help is wider than 80 columns: $wide"
"$eotmc" man >"$work/man" || fail "man"
"$eotmc" completion bash >"$work/bash" && bash -n "$work/bash" || fail "completion bash"
"$eotmc" completion zsh >"$work/zsh" || fail "completion zsh"
n_option=0
for command in $commands; do
    grep -qF ".SS \"eotmc $command " "$work/man" || fail "the man page lacks $command"
    found=$(bash -c 'source "$1"; COMP_WORDS=(eotmc "$2" --); COMP_CWORD=2; _eotmc; printf "%s\n" "${COMPREPLY[@]}"' - "$work/bash" "$command")
    for option in $(options "$command"); do
        n_option=$((n_option + 1))
        grep -qxF -- "--$option" <<<"$found" || fail "completion in bash lacks $command --$option"
        sed -n "/^_eotmc_$command()/,/^}/p" "$work/zsh" | grep -qF -- "--$option[" || fail "completion in zsh lacks $command --$option"
        [ "$option" = help ] || sed -n "/^.SS \"eotmc $command /,/^.SS/p" "$work/man" | grep -qF -- "\\-\\-${option//-/\\-}\\fR" || fail "the man page lacks $command --$option"
    done
done
[ $n_option -gt 80 ] || fail "only $n_option options were found"
complete_words() { bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _eotmc; echo "${COMPREPLY[*]}"' - "$work/bash" "$@"; }
[ "$(complete_words eotmc run --progress p)" = plain ] || fail "words of a choice: $(complete_words eotmc run --progress p)"
complete_words eotmc s | grep -q 'scan' || fail "commands are not completed"
[ -z "$(complete_words eotmc run --range "")" ] || fail "files are offered for a text"
if command -v groff >/dev/null; then [ -z "$(groff -man -ww -z "$work/man" 2>&1)" ] || fail "groff: $(groff -man -ww -z "$work/man" 2>&1 | head -n 3)"; fi
if command -v zsh >/dev/null; then zsh -n "$work/zsh" || fail "zsh"; fi

[ $n_failed -eq 0 ] || { echo "$n_failed checks failed"; exit 1; }
echo "$n_option options of $(wc -w <<<"$commands") commands are in help, man page and completion"
