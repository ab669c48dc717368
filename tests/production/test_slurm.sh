#!/usr/bin/env bash
# The job files of `eotmc submit` on a real Slurm: controller and node on this machine, started from a temporary folder and stopped again. An array of eight,
# of which one job is killed, one requeued and one asked to stop as before its limit of time, merges to the bits of one run.
eotmc=$1 source=$2
PATH=$PATH:/usr/sbin:/sbin
skip() {
    echo "skipped: $*"
    exit 77
}
for program in munged slurmctld slurmd sbatch scontrol; do command -v $program >/dev/null || skip "no $program (packages slurm-wlm and munge)"; done
[ "$(id -u)" -eq 0 ] || skip "the daemon of a node needs root"
grep -q ' cgroup ' /proc/self/mounts || skip "no cgroup file system (version 1) is mounted, which slurmd 22.05 needs"

work=$(mktemp -d)
daemons=()
stop() {
    for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${daemons[@]}"; do
        for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null
    done
    wait 2>/dev/null
    rm -rf "$work"
}
trap stop EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}

# --- munge, the controller, one node
port=$((20000 + RANDOM % 10000))
mkdir "$work/munge" "$work/state" "$work/spool" "$work/etc" && chmod 755 "$work" "$work/munge"
head -c 1024 /dev/urandom >"$work/munge/key" && chmod 400 "$work/munge/key"
munged --foreground --force --socket="$work/munge/socket" --key-file="$work/munge/key" --log-file="$work/munge/log" \
    --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" >"$work/munged.out" 2>&1 &
daemons+=($!)
host=$(hostname -s)
cat >"$work/etc/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PropagateResourceLimits=NONE
ReturnToService=2
MailProg=/bin/true
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
SlurmdParameters=config_overrides
MpiDefault=none
KillWait=10
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN
PartitionName=short Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$work/etc/cgroup.conf"
export SLURM_CONF=$work/etc/slurm.conf
slurmctld -D -i -f "$SLURM_CONF" >"$work/slurmctld.out" 2>&1 &
daemons+=($!)
slurmd -D -N "$host" -f "$SLURM_CONF" >"$work/slurmd.out" 2>&1 &
daemons+=($!)
for _ in $(seq 150); do
    state=$(sinfo -h -o %T 2>/dev/null)
    [ "$state" = idle ] && break
    sleep 0.2
done
[ "$state" = idle ] || skip "no node of Slurm came up here ('$state'): $(tail -n 3 "$work/slurmd.log" "$work/slurmctld.log" 2>&1 | tr '\n' ' ')"

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
