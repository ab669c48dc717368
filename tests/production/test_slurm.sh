#!/usr/bin/env bash
# The job files of `eotmc submit` on a real Slurm: controller and node on this machine, started from a temporary folder and stopped again. An array of eight,
# of which one job is killed, one requeued and one asked to stop as before its limit of time, merges to the bits of one run.
eotmc=$1 source=$2
. "$source/tests/production/slurm.bash"

# --- one run, and the same by an array
run=("$source/configs/smoke.yaml" --device host --set sampling.eot=96000 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off)
"$eotmc" run "${run[@]}" --progress none -o "$work/whole" >"$work/out" 2>"$work/err" </dev/null || fail "the run: $(cat "$work/err")"
"$eotmc" submit "${run[@]}" --slurm --jobs 8 --memory 100M --time 00:10:00 -o "$work/jobs" >"$work/command" 2>"$work/err" || fail "submit: $(cat "$work/err")"
(cd / && bash "$work/command") >"$work/out" 2>"$work/err" || fail "'$(cat "$work/command")': $(cat "$work/err")"
array=$(squeue -h -o %F | sort -n | head -1)

# The process of a task of the array, once it has begun its part.
process_of() { # TASK
    local pid
    for _ in $(seq 600); do
        pid=$(sed -nE 's/^process ([0-9]+) on .*/\1/p' "$work/jobs/shard-$1-of-8/.eotmc-lock" 2>/dev/null)
        [ -n "$pid" ] && [ -s "$work/jobs/shard-$1-of-8/effective-config.yaml" ] && { echo "$pid"; return; }
        sleep 0.05
    done
}
pid=$(process_of 0)
[ -n "$pid" ] && kill -KILL "$pid" || fail "task 0 never ran"
[ -n "$(process_of 1)" ] && scontrol requeue "${array}_1" || fail "task 1 was not requeued"
[ -n "$(process_of 2)" ] && scancel --batch --signal=USR1 "${array}_2" || fail "task 2 was not sent a signal"

for _ in $(seq 600); do
    left=$(squeue -h -o '%i %T %r' 2>/dev/null)
    [ -z "$left" ] && break
    case $left in *DependencyNeverSatisfied*) break ;; esac
    sleep 0.2
done
[ -z "$left" ] || fail "jobs are left: $left"
entry() { sed -nE "s/.*\"$2\": (.*[^,]),?\$/\1/p" "$1/summary.json" 2>/dev/null | head -1; }
numbers() { sed -nE '/"estimates"/,/^  []}]/p' "$1/summary.json"; }
merged=$work/jobs/result
[ -n "$(entry "$merged" tally_sha256)" ] && [ "$(entry "$merged" tally_sha256)" = "$(entry "$work/whole" tally_sha256)" ] || fail "the merged tallies are not those of one run"
[ "$(numbers "$merged")" = "$(numbers "$work/whole")" ] || fail "the merged estimates are not those of one run"
cmp -s "$merged/result.h5" "$work/whole/result.h5" || fail "the merged result.h5 is not that of one run"
[ "$(entry "$merged" partial)" = false ] || fail "the merged result is partial"
for task in 0 1 2; do
    scontrol show job "${array}_$task" | grep -q 'Restarts=[1-9]' || fail "task $task was not started again: $(scontrol show job "${array}_$task" | grep -E 'JobState|Restarts')"
done
if [ $n_failed -gt 0 ]; then
    tail -n 20 "$work"/jobs/logs/*.log
    grep -iE 'error|fatal' "$work"/slurm*.log | tail -n 20
else
    echo "an array of 8 on Slurm, one job killed, one requeued, one stopped by a signal: the bits of one run"
fi
exit $((n_failed > 0))
