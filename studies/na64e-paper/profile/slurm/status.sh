#!/usr/bin/env bash
# What snakemake asks of a job of Slurm: prints running, success or failed. Slurm's own memory of jobs is asked first, then its
# accounting, where there is one. usage: status.sh JOB
state=$(scontrol --oneliner show job "$1" 2>/dev/null | grep -o ' JobState=[A-Z_]*' | cut -d= -f2)
[ -n "$state" ] || state=$(sacct -nX -j "$1" -o State 2>/dev/null | awk 'NR == 1 { print $1 }')
case $state in
COMPLETED) echo success ;;
PENDING | CONFIGURING | RUNNING | SUSPENDED | COMPLETING | REQUEUED | REQUEUE_HOLD | REQUEUE_FED | STAGE_OUT | RESIZING | "") echo running ;;
BOOT_FAIL | CANCELLED* | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | PREEMPTED | REVOKED | STOPPED | TIMEOUT) echo failed ;;
*) echo "status.sh: state '$state' of job $1 is unknown" >&2 && echo running ;;
esac
