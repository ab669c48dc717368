#!/usr/bin/env bash
# Every command that README.md shows works as printed, on a few events where it would take long; none is left out silently.
# usage: test_readme.sh EOTMC SOURCE_DIR BUILD_DIR
#
# Blocks marked `sh` hold commands, blocks marked `text` hold output, and no other mark is allowed, so that no command can hide.
# A command of eotmc is run as printed, plus what `small` below appends. A command that is not recognised fails the test.
# ./quickstart is not run whole: it installs packages and builds the program that is being tested. It is checked for existence, syntax
# and help; the command that `./quickstart run` ends with is taken from its text and run. The build with CMake is configured and planned
# (a dry run of ninja) in a folder of its own: building it again would take minutes and show what the tested program shows already.
set -u
[ $# -eq 3 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
source=$(cd "$2" && pwd) build=$(cd "$3" && pwd)
# ./quickstart test runs the tests, and so this one
[ -z "${EOT_README_TEST:-}" ] || { echo "called by one of the README's own commands"; exit 77; }
export EOT_README_TEST=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# a folder that looks like the project with its build, in which the commands may write
for entry in "$source"/* "$source"/.ci; do
    name=$(basename "$entry")
    case $name in build* | out*) ;; *) [ -e "$entry" ] && ln -s "$entry" "$work/$name" ;; esac
done
ln -s "$build" "$work/build"
cd "$work" || exit 1
n_failed=0
failed() { n_failed=$((n_failed + 1)); echo "FAILED: $*"; }

# --- the blocks
marks=$(awk '/^ *```/ { inside = !inside; if (inside) { sub(/^ *```/, ""); print FNR ":" $0 } } END { if (inside) print FNR ":not closed" }' README.md)
echo "$marks" | grep -vE ':(sh|text)$' && failed "a block of README.md that is neither \`\`\`sh (commands) nor \`\`\`text (output); mark it"
# the commands, those that end with \ joined to the next line, without comments
block() { awk -v mark="$1" '/^```/ { inside = !inside && $0 == "```" mark; next } inside' README.md; }
block sh | awk '{ line = line $0; if (sub(/\\$/, "", line)) next; sub(/ +#.*$/, "", line); sub(/^#.*$/, "", line); if (line != "") print line; line = "" }' >commands
[ -s commands ] || { echo "FAILED: README.md shows no command; show one in a \`\`\`sh block"; exit 1; }

# What is appended to a command so that it takes seconds: --set is taken from left to right, the last one holds.
small() {
    case $1 in
    *"eotmc scan configs/na64"*) echo "--set sampling.eot=400 --set sampling.batch=40" ;;
    *"eotmc run configs/na64"*) echo "--set sampling.eot=2000 --set sampling.batch=200" ;;
    *"eotmc yield"*) echo "--eot 2000" ;;
    *"eotmc bench"*) echo "--eot 2e5 --repeat 1" ;;
    esac
}
attempt() { # COMMAND: run it; its output is in the file output
    timeout 600 bash -c "$1" >output 2>&1 </dev/null
    local code=$?
    [ $code -eq 0 ] && return 0
    failed "exit code $code: $1"
    tail -n 20 output
    return 1
}
n_run=0 n_checked=0
quickstart_check() { # ARGUMENTS
    { [ -x quickstart ] && bash -n quickstart; } || failed "quickstart is not there, not executable, or not a shell script"
    ./quickstart --help | grep -q "quickstart $1 " || failed "quickstart does not know '$1'"
    if [ "$1" = plane ]; then # its two commands, as they stand
        sed -n '/^plane)/,/;;/p' quickstart | sed -nE 's/^ *(exec )?(build\/eotmc [^"]*[^" ])( "\$@")?$/\2/p' >plane_jobs
        [ "$(wc -l <plane_jobs)" -eq 2 ] || failed "the two commands of ./quickstart plane were not found"
        while IFS= read -r job <&4; do
            n_run=$((n_run + 1))
            attempt "$job"
        done 4<plane_jobs
    fi
    [ "$1" = run ] || return 0
    main_job=$(sed -nE 's/^run\) exec (build\/eotmc run .*) "\$@" ;;$/\1/p' quickstart)
    [ -n "$main_job" ] || { failed "the main job was not found in quickstart, where it is expected as: run) exec build/eotmc run ... \"\$@\" ;;"; return; }
    n_run=$((n_run + 1))
    attempt "$main_job $(small "$main_job")" && cp output main_output
}
while IFS= read -r command <&3; do
    case $command in
    "build/eotmc "*)
        n_run=$((n_run + 1))
        attempt "$command $(small "$command")"
        ;;
    "./quickstart run" | "./quickstart test" | "./quickstart plane" | "./quickstart paper")
        n_checked=$((n_checked + 1))
        quickstart_check "${command#./quickstart }"
        ;;
    "cmake --preset release && cmake --build build")
        n_checked=$((n_checked + 1))
        attempt "cmake --preset release -B configured && cmake --build configured -- -n"
        ;;
    *) failed "a command that this test does not know, and so did not run: $command" ;;
    esac
done 3<commands

# --- the output: each row that README.md shows of the main job is one that the job prints, by its label
block text >shown
[ -s shown ] || failed "README.md shows no output in a \`\`\`text block"
while IFS= read -r line; do
    label=$(sed -E 's/  .*//' <<<"$line")
    grep -qF -- "$label" main_output 2>/dev/null || failed "the main job does not print '$label', as README.md says"
done <shown

# --- the table of commands is that of the program, in its order or another; a row may have several
sed -nE 's/^(\|( `eotmc [a-z]+`,?)+ \|).*/\1/p' README.md | grep -oE 'eotmc [a-z]+' | cut -d' ' -f2 | sort >told
sed -nE 's/^EOT_COMMAND\(([a-z]+),.*/\1/p' host/cli/commands.def | sort >known
[ -s known ] || failed "no command was found in host/cli/commands.def"
diff known told >difference || { failed "the table of commands in README.md is not that of host/cli/commands.def (<: missing, >: too many)"; cat difference; }

# --- size and version
awk 'NR > 150 { n++ } length > 120 { print "README.md:" FNR ": a line of " length " columns"; n++ } END { exit n > 0 }' README.md || failed "README.md has at most 150 lines of 120 columns"
version=$(build/eotmc --version)
grep -qF "eotmc, version ${version#eotmc }:" README.md || failed "README.md does not say how to cite this version ($version)"

echo "$n_run commands of README.md run, $n_checked checked as the head of this test says, $n_failed failures"
[ $n_failed -eq 0 ]
