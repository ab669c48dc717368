#!/usr/bin/env bash
# Every command that README.md shows in a ```sh block and that starts with build/eotmc or ./quickstart works as printed, but for those marked `# long`.
# usage: test_readme.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
source=$2 build=$3
[ -f "$source/README.md" ] || { echo "no README.md"; exit 77; }
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
# the lines of the blocks, those that end with \ joined to the next; a prompt in front is dropped
awk '/^```/ { inside = !inside && $0 ~ /^```sh[ \t]*$/; next }
     inside { sub(/^\$ /, ""); line = line $0; if (sub(/\\$/, "", line)) next; print line; line = "" }' README.md |
    grep -E '^(build/eotmc|\./quickstart)( |$)' >commands
n=0 n_left_out=0 n_failed=0
while IFS= read -r command <&3; do
    case $command in *"# long") n_left_out=$((n_left_out + 1)); continue ;; esac
    n=$((n + 1))
    timeout 600 bash -c "$command" >output 2>&1 </dev/null
    code=$?
    [ $code -eq 0 ] && continue
    n_failed=$((n_failed + 1))
    echo "FAILED with exit code $code: $command"
    tail -n 20 output
done 3<commands
[ $n -gt 0 ] || { echo "README.md shows no command that could be tested; show one in a \`\`\`sh block"; exit 1; }
echo "$n commands of README.md run, $n_failed failed, $n_left_out long ones left out"
[ $n_failed -eq 0 ]
