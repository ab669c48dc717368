#!/usr/bin/env bash
# Runs that are killed, resumed, made in parts and merged: the bits are those of one run, whatever happened; nothing is left lying about; what cannot be resumed or
# merged is refused with a reason.
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
entry() { sed -nE "s/.*\"$2\": (.*[^,]),?\$/\1/p" "$work/$1/summary.json" 2>/dev/null | head -1; }
tally() { entry "$1" tally_sha256; }
# Estimates with their errors, all that a summary holds but the time it took and where.
numbers() { sed -nE '/"estimates"/,/^  []}]/p' "$work/$1/summary.json"; }
same() { # WHAT FOLDER FOLDER
    [ -n "$(tally "$2")" ] && [ "$(tally "$2")" = "$(tally "$3")" ] || fail "$1: tallies of $2 and $3 differ"
    [ "$(numbers "$2")" = "$(numbers "$3")" ] || fail "$1: estimates of $2 and $3 differ"
    cmp -s "$work/$2/result.h5" "$work/$3/result.h5" || fail "$1: result.h5 of $2 and $3 differ"
}
strays() { # FOLDER: files that no run should leave
    find "$work/$1" -name '.*' ! -path "$work/$1" -o -name 'checkpoint.previous.eot'
}
refused() { # WHAT CODE PATTERN COMMAND...
    local what=$1 wanted=$2 pattern=$3
    shift 3
    "$@" >"$work/out" 2>"$work/err" </dev/null
    local code=$?
    [ $code -eq "$wanted" ] && grep -qE -- "$pattern" "$work/err" || fail "$what: exit code $code (want $wanted), want '$pattern' in: $(cat "$work/err")"
}
run() { # CONFIG OPTIONS...
    "$eotmc" run "$source/configs/$1" --progress none --device host --set output.figures=off "${@:2}" >"$work/out" 2>"$work/err" </dev/null
}
# A run that is killed again and again, each time when it has written another checkpoint or two, until it is done.
killed() { # FOLDER COMMAND...; after 40 kills it is left alone, since on a busy machine results take longer to be written than a kill to come
    local folder=$work/$1 pid n_kill=0 before now
    shift
    for _ in $(seq 200); do
        before=$(stat -c %i "$folder/checkpoint.eot" 2>/dev/null || true)
        "$@" -o "$folder" --resume --checkpoint 0 >"$work/out" 2>"$work/err" </dev/null &
        pid=$!
        while kill -0 $pid 2>/dev/null; do
            now=$(stat -c %i "$folder/checkpoint.eot" 2>/dev/null || true)
            [ "$now" != "$before" ] && [ $n_kill -lt 40 ] && { sleep 0.0$((RANDOM % 4 + 1)); kill -KILL $pid 2>/dev/null; break; }
        done
        wait $pid 2>/dev/null
        [ $? -eq 0 ] && { echo $n_kill; return; }
        n_kill=$((n_kill + 1))
    done
    echo never
}

dimuon=(smoke.yaml --set sampling.eot=300 --set sampling.batch=10 --set scoring.showers=5)
run "${dimuon[@]}" -o "$work/whole" || fail "the run: $(cat "$work/err")"
[ "$(entry whole partial)" = false ] || fail "a whole run is partial"
[ -z "$(strays whole)" ] || fail "left behind: $(strays whole)"

# --- a folder that holds a run
refused "a second run" 2 'holds a run already .*--resume.*--force' "$eotmc" run "$source/configs/smoke.yaml" --device host -o "$work/whole"
echo mine >"$work/whole/notes.txt"
cp -r "$work/whole" "$work/forced"
run "${dimuon[@]}" --set sampling.eot=100 -o "$work/forced" --force || fail "--force: $(cat "$work/err")"
[ "$(cat "$work/forced/notes.txt")" = mine ] || fail "--force removes a file that is not of a run"
[ "$(tally forced)" != "$(tally whole)" ] || fail "--force keeps the old run"
cp -r "$work/whole" "$work/other"
refused "another configuration" 2 "is of another configuration" "$eotmc" run "$source/configs/smoke.yaml" --device host --set sampling.seed=9 -o "$work/other" --resume
refused "--resume with --force" 2 "leave one of them out" "$eotmc" run "$source/configs/smoke.yaml" -o "$work/other" --resume --force

# --- two at once
mkdir "$work/locked"
(flock --help >/dev/null 2>&1) # the lock is one of fcntl, which a process of this kind holds as long as it runs
"$eotmc" run "$source/configs/smoke.yaml" --progress none --device host --set output.figures=off --set sampling.eot=1e6 --set sampling.batch=10 -o "$work/locked" >/dev/null 2>&1 </dev/null &
busy=$!
for _ in $(seq 200); do [ -s "$work/locked/effective-config.yaml" ] && break; sleep 0.1; done
refused "two runs at once" 3 "another run writes into .*process $busy on" "$eotmc" run --resume -o "$work/locked"
kill -KILL $busy
wait $busy 2>/dev/null
[ -e "$work/locked/.eotmc-lock" ] || fail "a killed run has no stale lock, which the next line is about"
run smoke.yaml --set sampling.eot=100 --set scoring.showers=0 -o "$work/locked" --force || fail "a stale lock: $(cat "$work/err")"
[ -z "$(strays locked)" ] || fail "left behind after a stale lock: $(strays locked)"

# --- signals save the state and end the run; the exit code is as asked
for signal in TERM HUP PIPE USR1 USR2 XCPU; do
    "$eotmc" run "$source/configs/smoke.yaml" --progress none --device host --set output.figures=off --set sampling.eot=1e7 --set sampling.batch=10 --checkpoint 0 --checkpoint-exit-code 85 -o "$work/$signal" >/dev/null 2>"$work/err" </dev/null &
    pid=$!
    for _ in $(seq 300); do [ -s "$work/$signal/checkpoint.eot" ] && break; sleep 0.1; done
    kill -$signal $pid
    wait $pid
    code=$?
    [ $code -eq 85 ] || fail "SIG$signal: exit code $code (want 85): $(cat "$work/err")"
    [ "$(entry "$signal" partial)" = true ] && [ -s "$work/$signal/checkpoint.eot" ] || fail "SIG$signal: no partial result"
done

# --- killed and resumed
for job in "smoke.yaml --set sampling.eot=300 --set sampling.batch=10 --set scoring.showers=5" \
    "na64e-signal.yaml --set sampling.eot=1000 --set sampling.batch=50 --set scoring.showers=0 --set scoring.record_fraction=0.5" \
    "na64e-signal.yaml --set physics.mphi=[0.2,1,2.5] --set sampling.eot=1000 --set sampling.batch=50 --set scoring.showers=0" \
    "na64mu-mu2e.yaml --set sampling.eot=40000 --set sampling.batch=2000" \
    "bench/muon-ecal.yaml --set sampling.eot=20000 --set sampling.batch=1000"; do
    read -ra options <<<"$job"
    name=${options[0]//[^a-z0-9]/-}
    [[ $job = *mphi=* ]] && name=masses
    run "${options[@]}" -o "$work/$name-whole" || fail "$name: $(cat "$work/err")"
    n=$(killed "$name-killed" "$eotmc" run "$source/configs/${options[0]}" --progress none --device host --set output.figures=off "${options[@]:1}")
    [ "$n" != never ] && [ "$n" -gt 0 ] || fail "$name: killed $n times"
    same "$name, killed $n times" "$name-whole" "$name-killed"
    [ -z "$(strays "$name-killed")" ] || fail "$name: left behind: $(strays "$name-killed")"
done

# --- a damaged checkpoint: the one before it is taken; without one the run is refused
run "${dimuon[@]}" --range 0:100 --checkpoint 0 -o "$work/damaged" || fail "--range: $(cat "$work/err")"
cp "$work/damaged/checkpoint.eot" "$work/good"
cp "$work/good" "$work/damaged/checkpoint.previous.eot"
head -c 1000 "$work/good" >"$work/damaged/checkpoint.eot"
run "${dimuon[@]}" --range 0:100 --resume -o "$work/damaged" || fail "the generation before: $(cat "$work/err")"
head -c 1000 "$work/good" >"$work/damaged/checkpoint.eot"
rm -f "$work/damaged/checkpoint.previous.eot"
refused "a checkpoint that is cut off" 3 'checkpoint.eot: its checksum is wrong' "$eotmc" run --resume -o "$work/damaged"

# --- seven parts of unequal size, in any order, two of them killed and resumed, one on PoCL; merged at once and in pairs, in three orders
pocl=$("$eotmc" devices 2>/dev/null | awk '/^[* ] *[0-9]+ / { n = $1 == "*" ? $2 : $1 } /platform +Portable Computing Language/ { print n; exit }')
for part in 6/8 6/10 1/4 7/8 0/4 21/30 5/10; do
    folder=part-${part/\//-}
    own=(run "$source/configs/smoke.yaml" --progress none --set output.figures=off "${dimuon[@]:1}" --shard $part)
    case $part in
    1/4 | 6/8)
        n=0
        for _ in $(seq 20); do # a part may be done before it can be killed
            [ "$n" = 0 ] && rm -rf "${work:?}/$folder" && n=$(killed "$folder" "$eotmc" "${own[@]}" --device host)
        done
        [ "$n" != never ] && [ "$n" -gt 0 ] || fail "part $part was killed $n times"
        ;;
    5/10) "$eotmc" "${own[@]}" --device "${pocl:-host}" -o "$work/$folder" >"$work/out" 2>"$work/err" </dev/null || fail "part $part: $(cat "$work/err")" ;;
    *) "$eotmc" "${own[@]}" --device host -o "$work/$folder" >"$work/out" 2>"$work/err" </dev/null || fail "part $part: $(cat "$work/err")" ;;
    esac
done
merge() { "$eotmc" merge "$@" >"$work/out" 2>"$work/err" </dev/null; }
cd "$work" || exit 1
merge part-6-8 part-1-4 part-7-8 part-0-4 part-21-30 part-6-10 part-5-10 -o merged || fail "merge: $(cat err)"
same_sums() { # WHAT FOLDER FOLDER: but for result.h5, which names the devices
    [ -n "$(tally "$2")" ] && [ "$(tally "$2")" = "$(tally "$3")" ] && [ "$(numbers "$2")" = "$(numbers "$3")" ] || fail "$1: $2 and $3 differ"
}
same_sums "parts merged at once" whole merged
pairs() { # NAME PART...: the first two, then each of the others to what is there
    local name=$1 before=$2 i=0 part
    shift 2
    for part in "$@"; do
        i=$((i + 1))
        merge "$before" "$part" -o "$name-$i" || fail "$name: merging $part: $(cat err)"
        before=$name-$i
    done
    same_sums "parts merged in pairs, $name" whole "$before"
    same "parts merged in pairs, $name" merged "$before"
}
pairs rising part-0-4 part-1-4 part-5-10 part-6-10 part-21-30 part-6-8 part-7-8
pairs falling part-7-8 part-6-8 part-21-30 part-6-10 part-5-10 part-1-4 part-0-4
merge part-21-30 part-0-4 -o a && merge part-7-8 part-5-10 -o b && merge part-1-4 part-6-10 -o c && merge b part-6-8 -o d || fail "a tree: $(cat err)"
pairs tree c d a
merge part-0-4 part-7-8 -o holes || fail "merge with a hole: $(cat err)"
fill=$(sed -nE 's/^primaries 70 to 259 are missing; this makes them: eotmc (.*)$/\1/p' err)
[ -n "$fill" ] && [ "$(entry holes partial)" = true ] || fail "a hole is not listed: $(cat err)"
read -ra words <<<"$fill"
"$eotmc" "${words[@]}" --device host --progress none >out 2>err </dev/null && merge holes "${words[-1]}" -o filled || fail "the hole is not filled: $(cat err)"
same "a hole that was filled" whole filled
refused "the same part twice" 2 'holes: primaries 0 to 69 are in both parts' "$eotmc" merge part-0-4 holes -o twice
run "${dimuon[@]}" --set sampling.seed=7 --shard 2/4 -o "$work/seed" || fail "another seed: $(cat err)"
refused "another configuration" 2 'seed is of another configuration' "$eotmc" merge part-0-4 seed -o mixed
refused "no part" 3 'holds no checkpoint' "$eotmc" merge "$work" -o none

# --- several masses: the results of masses that a run has no more are not left beside its own
cp -r "$work/masses-whole" "$work/other-masses"
run na64e-signal.yaml --set 'physics.mphi=[0.3,1]' --set sampling.eot=100 --set sampling.batch=50 --set scoring.showers=0 --force -o "$work/other-masses" || fail "other masses: $(cat "$work/err")"
[ "$(cd "$work/other-masses" && echo mphi_*)" = "mphi_0.3 mphi_1" ] || fail "--force leaves results of other masses: $(ls "$work/other-masses")"

# --- and a run of its own in such a folder is neither overwritten nor cleaned away
run "${dimuon[@]}" --set sampling.eot=20 -o "$work/other-masses/mphi_1" --force && run "${dimuon[@]}" --set sampling.eot=20 -o "$work/other-masses/mphi_7" || fail "a run by itself: $(cat "$work/err")"
refused "a mass in the folder of another run" 2 "mphi_1' holds a run of its own" "$eotmc" run "$source/configs/na64e-signal.yaml" --device host --set 'physics.mphi=[0.3,1]' --force -o "$work/other-masses"
run "${dimuon[@]}" --force -o "$work/other-masses" || fail "--force beside other runs: $(cat "$work/err")"
[ -s "$work/other-masses/mphi_1/summary.json" ] && [ -s "$work/other-masses/mphi_7/checkpoint.eot" ] && [ ! -e "$work/other-masses/mphi_0.3" ] || fail "--force: $(ls "$work"/other-masses/*)"

# --- several masses in three parts, one of them on PoCL: every estimate of every mass, and what is correlated
masses=("$source/configs/na64e-signal.yaml" --progress none --set output.figures=off --set "physics.mphi=[0.2,1,2.5]" --set sampling.eot=1000 --set sampling.batch=50 --set scoring.showers=0)
for i in 0 1 2; do
    on=host
    [ $i = 1 ] && on=${pocl:-host}
    "$eotmc" run "${masses[@]}" --device "$on" --shard $i/3 -o masses-$i >out 2>err </dev/null || fail "part $i of several masses: $(cat err)"
done
merge masses-2 masses-0 masses-1 -o masses-merged || fail "merge of several masses: $(cat err)"
same_sums "several masses in parts" masses-whole masses-merged
merge masses-1 masses-2 -o masses-12 && merge masses-12 masses-0 -o masses-pairs || fail "merge of several masses in pairs: $(cat err)"
same "several masses in pairs" masses-merged masses-pairs
refused "parts of other masses" 2 'is of another configuration' "$eotmc" merge masses-0 part-7-8 -o mixed

# --- shards as batch systems and MPI launchers number them
for i in 0 1 2; do
    SLURM_ARRAY_TASK_ID=$((i + 5)) SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=3 "$eotmc" run "$source/configs/smoke.yaml" --progress none --device host --set output.figures=off "${dimuon[@]:1}" --shard auto -o array >out 2>err </dev/null || fail "array task $i: $(cat err)"
    OMPI_COMM_WORLD_RANK=$i OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_LOCAL_RANK=$i "$eotmc" run "$source/configs/smoke.yaml" --progress none --device host --set output.figures=off "${dimuon[@]:1}" --shard auto -o ranks >out 2>err </dev/null || fail "rank $i: $(cat err)"
done
merge array -o from-array && merge ranks -o from-ranks || fail "merge of shard-I-of-N: $(cat err)"
same "an array" whole from-array
same "ranks" whole from-ranks
if command -v mpirun >/dev/null; then # and as Open MPI really numbers them, without its library in eotmc
    mpirun --allow-run-as-root --oversubscribe -n 4 "$eotmc" run "$source/configs/smoke.yaml" --progress none --device host --set output.figures=off "${dimuon[@]:1}" --shard auto -o mpi >out 2>err </dev/null || fail "mpirun: $(tail -n 3 err)"
    merge mpi -o from-mpi || fail "merge of mpirun's parts: $(cat err)"
    [ "$(ls -d mpi/shard-?-of-4 | wc -l)" -eq 4 ] || fail "mpirun made $(ls mpi)"
    same "mpirun" whole from-mpi
fi
refused "auto outside of a batch system" 2 "no variable of" env -u SLURM_ARRAY_TASK_ID "$eotmc" run "$source/configs/smoke.yaml" --shard auto -o none
refused "a shard that is not" 2 "I from 0 to N - 1" "$eotmc" run "$source/configs/smoke.yaml" --shard 3/3 -o none
refused "a range that is no whole batches" 2 "no whole batches" "$eotmc" run "$source/configs/smoke.yaml" --device host "${dimuon[@]:1}" --range 5:20 -o none

[ $n_failed -eq 0 ] && echo "killed, resumed, in parts: the same bits"
exit $((n_failed > 0))
