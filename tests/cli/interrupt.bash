# Sourced by tests of Ctrl-C.

# interrupted PATTERN COMMAND...: run it in the background with its outputs in $work/out and $work/err, press Ctrl-C as soon as $work/err has the pattern; sets code.
interrupted() {
    local pattern=$1 pid
    shift
    : >"$work/err" # an earlier command's messages must not be taken for this one's
    "$@" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    for _ in $(seq 1200); do # 2 minutes
        grep -qE -- "$pattern" "$work/err" && break
        sleep 0.1
    done
    kill -INT $pid
    for _ in $(seq 1200); do
        kill -0 $pid 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL $pid 2>/dev/null # it has not listened: 137
    wait $pid
    code=$?
}
