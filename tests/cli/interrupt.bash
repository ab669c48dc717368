# Sourced by tests of Ctrl-C.

# interrupted PATTERN COMMAND...: run it in the background with its outputs in $work/out and $work/err, press Ctrl-C as soon as $work/err has the pattern; sets code.
interrupted() {
    local pattern=$1 pid
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    for _ in $(seq 1200); do # 2 minutes
        grep -qE -- "$pattern" "$work/err" && break
        sleep 0.1
    done
    kill -INT $pid
    wait $pid
    code=$?
}
