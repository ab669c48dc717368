# Runs with injected faults, for the tests of this folder. They set: eotmc, source, and the array `run`, the arguments of `eotmc run`; also `device`, where that is
# not the host, and `shim`, where the faults are not those of shim.c (calls to the system) but of opencl_shim.c.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache # tables come from it; where a fault keeps one from it, they are built
n_failed=0 n_fault=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
cc=${CC:-cc}
"$cc" -shared -fPIC -O1 -w "$source/tests/faults/${shim:-shim.c}" -o "$work/shim.so" -ldl || { echo "skipped: '$cc' cannot compile the library that injects faults"; exit 77; }

# eotmc run into a folder, with the faults that the words before -- say (FAULT_CALL=...).
faulty() { # FOLDER VARIABLES... -- OPTIONS...
    local folder=$1 variables=()
    shift
    while [ "$1" != -- ]; do variables+=("$1"); shift; done
    shift
    [ "${in_folder:-0}" = 1 ] && variables+=(FAULT_FOLDER="$folder") # of the run, not its caches
    { env LD_PRELOAD="$work/shim.so" "${variables[@]}" "$eotmc" run "${run[@]}" --progress none --device "${device:-host}" --checkpoint 0 -o "$folder" "$@" >"$work/out" 2>"$work/err" </dev/null; } 2>"$work/shell"
}
number_of() { # CALLS: how many of them a run makes
    rm -rf "$work/counted"
    faulty "$work/counted" FAULT_CALL="$1" FAULT_AT=0 FAULT_COUNT="$work/count" -- || { fail "a run without faults: $(cat "$work/err")"; echo 0 >"$work/count"; }
    cat "$work/count"
}
results="summary.json result.h5 effective-config.yaml events.hepmc"
undisturbed() { # the run that all others are compared with, in $work/whole
    rm -rf "$work/whole"
    "$eotmc" run "${run[@]}" --progress none --device "${device:-host}" --checkpoint 0 -o "$work/whole" >"$work/out" 2>"$work/err" </dev/null || fail "the run: $(cat "$work/err")"
}
# Estimates and tally: what a summary holds but times, places and the run's number.
numbers() { sed -nE '/"tally_sha256"/p; /"estimates"/,/^  []}]/p' "$1/summary.json"; }
same() { # WHAT FOLDER
    [ -n "$(numbers "$2")" ] && [ "$(numbers "$2")" = "$(numbers "$work/whole")" ] || fail "$1: other estimates or tallies"
    cmp -s "$2/result.h5" "$work/whole/result.h5" || fail "$1: another result.h5"
    cmp -s "$2/events.hepmc" "$work/whole/events.hepmc" || [ ! -e "$work/whole/events.hepmc" ] || fail "$1: another events.hepmc"
    local strays
    strays=$(find "$2" -name '.*' ! -path "$2" -o -name checkpoint.previous.eot)
    [ -z "$strays" ] || fail "$1: left behind: $strays"
}
# What stands under a final name is whole: a summary that ends, an HDF5 file and events as those of the undisturbed run (this run ends them all alike).
whole_files() { # WHAT FOLDER
    local file
    for file in $results; do
        [ -e "$2/$file" ] || continue
        case $file in
        summary.json) [ "$(tail -n 1 "$2/$file")" = "}" ] || fail "$1: half of $file" ;;
        *) cmp -s "$2/$file" "$work/whole/$file" || fail "$1: $file is not that of the undisturbed run" ;;
        esac
    done
}
# What is done with a folder after a fault: the run goes on, as a person would let it: without its configuration where a checkpoint says which one it is.
resumed() { # WHAT FOLDER
    local own=("${run[@]}")
    [ -s "$2/checkpoint.eot" ] && own=()
    "$eotmc" run "${own[@]}" --progress none --device "${device:-host}" --resume -o "$2" >"$work/out" 2>"$work/err" </dev/null || fail "$1, then --resume: $(cat "$work/err")"
    same "$1, then --resume" "$2"
}
# One fault: an exit code with a message, or a run that is none the worse; then --resume makes the bits of the undisturbed run. Where the run has ended before it
# wrote anything, --resume would begin it anew: that is tried at every 20th such fault.
fault() { # CALL MODE AT [ERRNO]
    local what="$1, $2, call $3${4:+, errno $4}" folder=$work/faulty code
    rm -rf "$folder"
    n_fault=$((n_fault + 1))
    faulty "$folder" FAULT_CALL="$1" FAULT_MODE="$2" FAULT_AT="$3" ${4:+FAULT_ERRNO="$4"} --
    code=$?
    case $code in
    0) [ "$1" = unlink ] || { same "$what" "$folder"; return; } ;; # what could not be removed is there until the next run
    2 | 3 | 4 | 5 | 6 | 70) grep -q '^eotmc run: .' "$work/err" || fail "$what: exit code $code without a message: $(cat "$work/err")" ;;
    137) [ "$2" = kill ] || fail "$what: killed" ;;
    *) fail "$what: exit code $code: $(cat "$work/err")" ;;
    esac
    [ "$1" != memory ] || grep -q 'memory' "$work/err" || fail "$what: exit code $code for another reason than memory: $(cat "$work/err")"
    [ -n "$(ls -A "$folder" 2>/dev/null)" ] || [ $((n_fault % 20)) -eq 0 ] || return
    whole_files "$what" "$folder"
    resumed "$what" "$folder"
}
# Faults at calls FIRST, FIRST + STRIDE, ... of all that a run makes.
faults() { # CALL MODE FIRST STRIDE [ERRNO]
    local n at
    n=$(number_of "$1")
    [ "$n" -gt 0 ] || fail "a run makes no call of '$1'"
    for ((at = $3; at <= n; at += $4)); do fault "$1" "$2" "$at" ${5:+"$5"}; done
}
