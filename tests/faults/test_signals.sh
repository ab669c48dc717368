#!/usr/bin/env bash
# A signal at a bad time: while a driver compiles kernels, while tables are built, while a picture hangs. The run ends within 2 s with the exit code that was asked
# for, leaves no stray file, and --resume makes the bits of an undisturbed run. usage: test_signals.sh EOTMC SOURCE_DIR BUILD_DIR. EOT_FAULTS_ALL=1: at more times.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
pocl=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
pauses="0.3 1.5 4"
[ "${EOT_FAULTS_ALL:-0}" = 1 ] && pauses="0.05 0.1 0.2 0.3 0.4 0.5 0.6 0.8 1 1.2 1.4 1.7 2 2.5 3 3.5 4 5 6 7 8 9 10 12 14"
signals=(TERM INT USR1 HUP)
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
# A run that gets a signal after a pause; sets `code` and `took` [ms], which a run that has ended before does not have.
signalled() { # PAUSE FOLDER OPTIONS...
    local pause=$1 folder=$2 pid start
    shift 2
    "$eotmc" run "${run[@]}" --progress none --device "$device" --checkpoint-exit-code 85 -o "$folder" "$@" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    sleep "$pause"
    start=$(milliseconds)
    kill -"${signals[n_fault % ${#signals[@]}]}" $pid 2>/dev/null
    wait $pid
    code=$?
    took=$(($(milliseconds) - start))
    n_fault=$((n_fault + 1))
}
ends_soon() { # WHAT: after a signal
    local what="$1: exit code $code after $took ms" strays
    [ "$took" -le 2000 ] || fail "$what: not within 2 s"
    case $code in
    85) grep -q '^eotmc run: interrupted ' "$work/err" || fail "$what, without a word: $(cat "$work/err")" ;;
    0) ;; # it had done its work
    129 | 130 | 138 | 143) [ ! -s "$work/faulty/checkpoint.eot" ] || fail "$what" ;; # it had not begun to listen
    *) fail "$what: $(cat "$work/err")" ;;
    esac
    strays=$(find "$work/faulty" -name '.*' ! -path "$work/faulty" 2>/dev/null)
    [ -z "$strays" ] || fail "$what left $strays"
    n_signalled=$((n_signalled + (code == 85)))
}
goes_on() { # WHAT
    [ -d "$work/faulty" ] || return
    "$eotmc" run "${run[@]}" --progress none --device "$device" --resume -o "$work/faulty" >"$work/out" 2>"$work/err" </dev/null || fail "$1, then --resume: $(cat "$work/err")"
    same "$1, then --resume" "$work/faulty"
}
run=("$source/configs/smoke.yaml" --set sampling.eot=200 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off --set output.hepmc=on)
warm=$work/warm
device=host XDG_CACHE_HOME=$warm
undisturbed
cp -r "$warm" "$work/tables" # and no kernels: the host has none

# --- tables: a cache that is empty each time
n_signalled=0
for pause in $pauses; do
    rm -rf "$work/faulty" "$work/cold"
    XDG_CACHE_HOME=$work/cold
    signalled "$pause" "$work/faulty"
    ends_soon "tables are built, signal after $pause s"
    left=$(find "$work/cold" -name '*.bin.??????' 2>/dev/null)
    [ -z "$left" ] || fail "tables are built, signal after $pause s: left $left"
    XDG_CACHE_HOME=$warm
    goes_on "tables are built, signal after $pause s"
done
[ $n_signalled -gt 0 ] || fail "no signal came while tables were built"

# --- kernels: tables from a cache, but no kernels
if [ -n "$pocl" ]; then
    device=$pocl n_signalled=0
    undisturbed
    for pause in $pauses; do
        rm -rf "$work/faulty" "$work/cold"
        cp -r "$work/tables" "$work/cold"
        XDG_CACHE_HOME=$work/cold
        signalled "$pause" "$work/faulty"
        ends_soon "kernels are compiled, signal after $pause s"
        [ -n "${EOT_FAULTS_ALL:-}" ] && echo "kernels are compiled, signal after $pause s: exit code $code after $took ms, $(tail -n 1 "$work/err")"
        XDG_CACHE_HOME=$warm
        goes_on "kernels are compiled, signal after $pause s"
        # what the driver was at is no harm to the next run, either
        XDG_CACHE_HOME=$work/cold
        rm -rf "$work/faulty"
        [ "$pause" = "${pauses##* }" ] && mkdir "$work/faulty" && goes_on "kernels are compiled anew after a signal"
    done
    [ $n_signalled -gt 0 ] || fail "no signal came while kernels were compiled"
    XDG_CACHE_HOME=$warm
else
    echo "no PoCL here: no signal while kernels are compiled"
fi

# --- a picture that hangs: it is killed, the results are whole, --resume draws it
device=host
run+=(--set output.figures=on)
undisturbed
mkdir "$work/bin"
printf '#!/bin/sh\nexec sleep 60\n' >"$work/bin/gnuplot"
chmod +x "$work/bin/gnuplot"
rm -rf "$work/faulty"
PATH=$work/bin:$PATH "$eotmc" run "${run[@]}" --progress none --device host --checkpoint-exit-code 85 -o "$work/faulty" >"$work/out" 2>"$work/err" </dev/null &
pid=$!
for _ in $(seq 600); do ls "$work/faulty/figures/"*.gp >/dev/null 2>&1 && break; sleep 0.1; done
sleep 0.5
start=$(milliseconds)
kill -TERM $pid
wait $pid
code=$? took=$(($(milliseconds) - start)) n_fault=$((n_fault + 1))
ends_soon "a picture hangs"
[ $code -eq 85 ] && grep -q 'interrupted while figures were drawn; the results in .* are whole' "$work/err" || fail "a picture hangs, signal: exit code $code: $(cat "$work/err")"
whole_files "a picture hangs" "$work/faulty"
same "a picture hangs" "$work/faulty"
goes_on "a picture hangs"
if command -v gnuplot >/dev/null; then
    [ "$(cd "$work/faulty/figures" && ls)" = "$(cd "$work/whole/figures" && ls)" ] || fail "--resume does not draw the figures that an interrupted run lacks"
fi
[ $n_failed -eq 0 ] && echo "$n_fault signals at bad times: each ended the run within 2 s, and --resume made the same bits"
exit $((n_failed > 0))
