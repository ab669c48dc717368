#!/usr/bin/env bash
# A run in bad surroundings: little memory, few descriptors, closed ones, small files and stacks, other locales, clocks that step. It makes the same bits, or ends
# with a message and nothing half-written; resumed in good surroundings it makes the same bits.
eotmc=$1 source=$2
. "$source/tests/faults/faults.bash"
run=("$source/configs/smoke.yaml" --set sampling.eot=20 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off --set output.hepmc=on)
undisturbed
folder=$work/faulty
command=("$eotmc" run "${run[@]}" --progress none --device host --checkpoint 0 -o "$folder")
ends_well() { # WHAT CODE: after a run into $folder with messages in $work/err
    case $2 in
    0) same "$1" "$folder"; return ;;
    2 | 3 | 4 | 6 | 70) grep -q '^eotmc run: .' "$work/err" || fail "$1: exit code $2 without a message: $(cat "$work/err")" ;;
    *) fail "$1: exit code $2: $(cat "$work/err")" ;;
    esac
    whole_files "$1" "$folder"
    "$eotmc" run "${run[@]}" --progress none --device host --resume -o "$folder" >"$work/out" 2>"$work/err" </dev/null || fail "$1, then --resume: $(cat "$work/err")"
    same "$1, then --resume" "$folder"
}
limited() { # LIMITS: arguments of ulimit
    local -a words
    read -ra words <<<"$1"
    rm -rf "$folder"
    (ulimit "${words[@]}" && exec "${command[@]}") >"$work/out" 2>"$work/err" </dev/null
    local code=$?
    if [ $code -eq 127 ] || { [ $code -eq 1 ] && grep -q 'shared librar' "$work/err"; }; then return; fi # the loader had too little of it
    ends_well "ulimit $1" $code
    n_fault=$((n_fault + 1))
}
for kilobytes in 40000 60000 80000 90000 100000 120000 140000 160000 200000 400000; do limited "-v $kilobytes"; done
for descriptors in 3 4 5 6 8; do limited "-n $descriptors"; done
for blocks in 1 8 40 80; do limited "-f $blocks"; done
limited "-s 256"

for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
    rm -rf "$folder"
    # Each descriptor is where the others' lines send it, and closed last: only what the line closes is closed.
    eval '"${command[@]}" </dev/null >"$work/out" 2>"$work/err"' "$closed"
    code=$?
    [ $code -eq 0 ] || fail "with $closed: exit code $code"
    same "with $closed" "$folder"
    n_fault=$((n_fault + 1))
done

# A locale with a decimal comma, where one can be made; a wrong one; none; an odd time zone, no home.
mkdir "$work/locales"
comma=C
if command -v localedef >/dev/null && localedef -i de_DE -f UTF-8 "$work/locales/de_DE.UTF-8" >/dev/null 2>&1; then comma=de_DE.UTF-8; else echo "no locale with a decimal comma can be made here"; fi
for variables in "LOCPATH=$work/locales LC_ALL=$comma LANG=$comma" "LC_ALL=nonsense" "LC_ALL= LANG=" "TZ=Pacific/Chatham" "HOME= XDG_CACHE_HOME=relative" "TMPDIR=/nonexistent"; do
    read -ra words <<<"$variables"
    rm -rf "$folder"
    env "${words[@]}" "${command[@]}" >"$work/out" 2>"$work/err" </dev/null || fail "$variables: exit code $?: $(cat "$work/err")"
    same "$variables" "$folder"
    n_fault=$((n_fault + 1))
done

# Clocks that run back, stand still or race.
if command -v faketime >/dev/null; then
    for clock in '-1h' '@2030-01-01 00:00:00 x3600' '+0 x0.001' '-1h i-2.0'; do
        rm -rf "$folder"
        faketime -f "$clock" "${command[@]}" >"$work/out" 2>"$work/err" </dev/null || fail "clock $clock: exit code $?: $(cat "$work/err")"
        same "clock $clock" "$folder"
        n_fault=$((n_fault + 1))
    done
else
    echo "no faketime: clocks that step are not tried"
fi
[ $n_failed -eq 0 ] && echo "$n_fault bad surroundings: a message or no harm"
exit $((n_failed > 0))
