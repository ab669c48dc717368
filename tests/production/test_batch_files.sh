#!/usr/bin/env bash
# Job files of HTCondor against the grammar of its manual (there is no pool to try them on), and ranks of Open MPI: parts that merge to the bits of one run.
eotmc=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_failed=0
fail() {
    echo "FAILED: $*"
    n_failed=$((n_failed + 1))
}
run=("$source/configs/smoke.yaml" --device host --set sampling.eot=200 --set sampling.batch=10 --set scoring.showers=2 --set output.figures=off)

# --- HTCondor: commands of condor_submit(1), "Submit description file commands", that these files may use
known=" universe should_transfer_files getenv executable arguments output error log kill_sig job_max_vacate_time on_exit_remove request_cpus request_memory request_gpus accounting_group "
submit_file() { # FILE
    local n_queue=0 line key seen=" "
    while IFS= read -r line; do
        case $line in '' | \#*) continue ;; esac
        [ $n_queue -eq 0 ] || fail "$1: '$line' after queue"
        if [[ $line =~ ^queue(\ [0-9]+)?$ ]]; then
            n_queue=$((n_queue + 1))
        elif [[ $line =~ ^([a-z_]+)\ =\ (.+)$ ]]; then
            key=${BASH_REMATCH[1]}
            case $known in *" $key "*) ;; *) fail "$1: '$key' is no command that we know" ;; esac
            case $seen in *" $key "*) fail "$1: '$key' twice" ;; esac
            seen="$seen$key "
            [[ ${BASH_REMATCH[2]} != *[\"\'\\]* ]] || fail "$1: '$key' has a quote, which needs the other form of arguments"
        else
            fail "$1: '$line' is neither a command, nor a remark, nor queue"
        fi
    done <"$1"
    [ $n_queue -eq 1 ] || fail "$1: $n_queue times queue"
    for key in universe executable log request_cpus request_memory; do
        case $seen in *" $key "*) ;; *) fail "$1: no '$key'" ;; esac
    done
}
"$eotmc" submit "${run[@]}" --htcondor --jobs 4 --gpus 1 --account physics.na64 -o "$work/condor" >"$work/command" 2>"$work/err" || fail "submit: $(cat "$work/err")"
[ "$(cat "$work/command")" = "condor_submit_dag $work/condor/run.dag" ] || fail "the command is '$(cat "$work/command")'"
submit_file "$work/condor/run.sub"
submit_file "$work/condor/merge.sub"
nodes=" "
while read -r word first second third rest; do
    case $word in
    JOB) [ -f "$second" ] && [ -z "$third" ] && nodes="$nodes$first " || fail "run.dag: JOB $first $second $third" ;;
    PARENT) [ "$second" = CHILD ] && [ -z "$rest" ] && [[ $nodes == *" $first "* && $nodes == *" $third "* ]] || fail "run.dag: PARENT $first $second $third $rest" ;;
    *) fail "run.dag: '$word' is no word that we know" ;;
    esac
done <"$work/condor/run.dag"
[ "$nodes" = " shards merge " ] || fail "run.dag: nodes are '$nodes'"

# What the pool would start, started here: the command of each job with its number for $(Process).
"$eotmc" run "${run[@]}" --progress none -o "$work/whole" >/dev/null 2>"$work/err" </dev/null || fail "the run: $(cat "$work/err")"
same() { # WHAT FOLDER
    local wanted
    wanted=$(grep -o '"tally_sha256": "[0-9a-f]*"' "$work/whole/summary.json")
    [ -n "$wanted" ] && [ "$wanted" = "$(grep -o '"tally_sha256": "[0-9a-f]*"' "$2/summary.json")" ] || fail "$1: other tallies than one run's"
    cmp -s "$work/whole/result.h5" "$2/result.h5" || fail "$1: result.h5 is not that of one run"
}
value() { sed -nE "s/^$2 = (.*)/\1/p" "$work/condor/$1"; }
started() { # FILE PROCESS
    local words
    read -ra words <<<"$(value "$1" arguments | sed "s/\$(Process)/$2/g")"
    "$(value "$1" executable)" "${words[@]}" >"$work/out" 2>"$work/err" </dev/null || fail "$1, process $2: $(cat "$work/err")"
}
for i in 3 1 0 2; do started run.sub $i; done
started merge.sub 0
same HTCondor "$work/condor/result"

# --- Open MPI: its launcher where it is installed, else what it tells its ranks
if command -v mpirun >/dev/null && mpirun --version 2>/dev/null | grep -q 'Open MPI'; then
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe -n 4 "$eotmc" run "${run[@]}" --progress none --shard auto -o "$work/ranks" >"$work/out" 2>"$work/err" </dev/null || fail "mpirun: $(cat "$work/err")"
else
    echo "no mpirun of Open MPI: its variables only"
    for i in 0 1 2 3; do
        OMPI_COMM_WORLD_RANK=$i OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=$i "$eotmc" run "${run[@]}" --progress none --shard auto -o "$work/ranks" >"$work/out" 2>"$work/err" </dev/null || fail "rank $i: $(cat "$work/err")"
    done
fi
[ "$(find "$work/ranks" -maxdepth 1 -name 'shard-*-of-4' | wc -l)" -eq 4 ] || fail "four ranks make no four parts: $(ls "$work/ranks")"
"$eotmc" merge "$work/ranks" -o "$work/ranks" >"$work/out" 2>"$work/err" || fail "merge: $(cat "$work/err")"
same "Open MPI" "$work/ranks"

[ $n_failed -eq 0 ] && echo "job files of HTCondor have its grammar and commands that work; four ranks make the bits of one run"
exit $((n_failed > 0))
