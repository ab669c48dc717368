#!/usr/bin/env bash
# The documents say what is there: links, files and tests that they name exist; folders and arrows are those of the sources.
# usage: test_docs.sh EOTMC SOURCE_DIR BUILD_DIR     EOT_REWRITE_DOCS=1: write the arrows of docs/architecture.md anew
set -u
cd "$2" || exit 1
found=$(mktemp)
trap 'rm -f "$found"' EXIT
broken() { echo "$*" | tee -a "$found"; } # a file, since some callers are the last part of a pipe
documents=$(ls README.md CHANGELOG.md CONTRIBUTING.md docs/*.md bench/README.md results/*/README.md)
architecture=docs/architecture.md

# --- links between documents: [text](file#heading); a heading's anchor is its text in lower case, blanks as -, other signs dropped
anchors() { grep -E '^#+ ' "$1" | sed -E 's/^#+ +//' | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'; }
n_link=0
for document in $documents; do
    folder=$(dirname "$document")
    for target in $(grep -oE '\]\([^) ]+\)' "$document" | sed -E 's/^\]\(//; s/\)$//' | grep -vE '^(https?|mailto):'); do
        n_link=$((n_link + 1))
        file=${target%%#*}
        [ -z "$file" ] && file=$document || file=$folder/$file
        [ -e "$file" ] || { broken "$document: the link to $target leads nowhere"; continue; }
        [[ $target == *"#"* ]] || continue
        anchors "$file" | grep -qxF -- "${target#*#}" || broken "$document: $file has no heading #${target#*#}"
    done
done
[ "$n_link" -gt 20 ] || broken "only $n_link links were found: is the pattern still right?"

# --- files named as code (`host/main.c`, `tests/reference`, `physics/brems.h`, `cuts.def`), from the root, the document's folder, include, include/eotmc or host.
# What a run writes is not in the sources:
written=' effective-config.yaml scan.csv plane.csv lines.csv limit.json events.hepmc summary.json result.h5 '
exists() { # TOKEN FOLDER; may be a pattern of the shell
    local base
    for base in . "$2" include include/eotmc 'include/eotmc/*' host 'host/*' kernels tests; do compgen -G "$base/$1" >/dev/null && return 0; done
    return 1
}
n_file=0
for document in README.md CONTRIBUTING.md docs/*.md; do
    for token in $(grep -oE '`[A-Za-z0-9_.*/{},-]+`' "$document" | tr -d '`' | sort -u); do
        case $written in *" ${token##*/} "*) continue ;; esac
        case $token in
        host/* | include/* | kernels/* | tests/* | docs/* | configs/* | results/* | tools/* | bench/* | cmake/* | quickstart | .ci/*) ;;
        [A-Za-z0-9_*]*.c | [A-Za-z0-9_*]*.h | [A-Za-z0-9_*]*.def | *.cl | *.cc | *.yaml | *.md | *.sh | *.csv) ;;
        *) continue ;;
        esac
        for one in $(eval "echo $(sed -E 's/\*/\\*/g' <<<"$token")"); do # {a,b} is two names; * is left to exists
            n_file=$((n_file + 1))
            exists "${one%/}" "$(dirname "$document")" || broken "$document: there is no file $one"
        done
    done
done
[ "$n_file" -gt 40 ] || broken "only $n_file names of files were found: is the pattern still right?"

# --- tests
n_test=0
for document in README.md CONTRIBUTING.md docs/*.md; do
    for name in $(grep -oE '\btest_[a-z0-9_]+' "$document" | sort -u); do
        n_test=$((n_test + 1))
        grep -qE "^\`\`\`.* file=tests/.*/$name\.c" "$document" && continue # a worked example that the document itself writes
        [ -n "$(find tests -name "$name.c" -o -name "$name.sh")" ] || broken "$document: there is no test $name"
    done
done
# every row of validation.md names what holds it: a test or a file of results
awk '/^\| (quantity|---)/ { next } /^\| / && !/test_[a-z0-9_]+/ && !/results\/|bench\// && !/physics\.md/ { print "docs/validation.md:" FNR ": a row that no test or file holds" }' docs/validation.md |
    while IFS= read -r line; do broken "$line"; done

# --- what configures a rare process is told in physics.md
for key in $(grep -oE '^\| `physics\.rare\.[a-z0-9_]+`' configs/schema.md | grep -oE 'physics\.rare\.[a-z0-9_]+'); do
    grep -qF "\`$key\`" docs/physics.md || broken "docs/physics.md: its table of processes lacks $key"
done

# --- warnings: their codes are those of docs/warnings.md
told=$(sed -nE 's/^\| `([a-z_]+)` \|.*/\1/p' docs/warnings.md | sort)
there=$(find host -name '*.c' -exec cat {} + | tr '\n' ' ' | grep -oE 'eot_findings_warn\([^"]*"[a-z_]+"|\{EOT_ROLE_[A-Z]+, "[a-z_]+_constants"' | grep -oE '[a-z_]+"$' | tr -d '"' | sort -u)
[ "$(wc -l <<<"$there")" -gt 8 ] || broken "only $(wc -l <<<"$there") codes of warnings were found: is the pattern still right?"
diff <(echo "$there") <(echo "$told") | sed -nE 's/^< (.*)/docs\/warnings.md: the code \1 is missing/p; s/^> (.*)/docs\/warnings.md: no warning has the code \1/p' |
    while IFS= read -r line; do broken "$line"; done

# --- the words of the glossary are used: a row's first word or phrase is somewhere in the sources
n_word=0
while IFS= read -r word; do
    n_word=$((n_word + 1))
    grep -rqiF -- "$word" host include kernels configs/schema.md || broken "docs/glossary.md: '$word' is not a word of the sources (any more)"
done < <(sed -nE 's/^\| \*\*([^*,]+).*/\1/p' docs/glossary.md)
[ "$n_word" -gt 20 ] || broken "only $n_word words were found in docs/glossary.md"

# --- folders: rows of the tables of docs/architecture.md that begin with | `host/...` | or | `include/eotmc/...` |
told=$(sed -nE 's/^\| `((host|include\/eotmc)\/[a-z0-9_]+)\/?`.*/\1/p' $architecture | sort)
there=$(find host include/eotmc -mindepth 1 -maxdepth 1 -type d | sort)
diff <(echo "$there") <(echo "$told") | sed -nE 's/^< (.*)/the folder \1 is missing in docs\/architecture.md/p; s/^> (.*)/docs\/architecture.md has the folder \1, which is not there/p' |
    while IFS= read -r line; do broken "$line"; done

# --- the picture of the data flow, the first block of docs/architecture.md: its folders and files exist; its kernels are those of
# kernels/kernels.def (but for probes and single resources), each in the file that it says
picture=$(awk '/^```/ { n++ } n == 1' $architecture)
for name in $(grep -oE '(host|kernels|include)/[a-z_/.]*[a-z]' <<<"$picture" | sort -u); do [ -e "$name" ] || broken "$architecture, picture: there is no $name"; done
drawn=$(sed -nE 's/^ \| ([a-z_]+) .* (kernels\/[a-z_]+\.cl) \|$/\1 \2/p' <<<"$picture")
while read -r kernel file; do
    grep -qE "EOT_KERNEL_FN\($kernel\)" "$file" || broken "$architecture, picture: $file has no kernel $kernel"
done <<<"$drawn"
diff <(sed -nE 's/^EOT_KERNEL\(([a-z_]+),.*/\1/p' kernels/kernels.def | grep -vE '^(probe|bench)_' | sort) <(cut -d' ' -f1 <<<"$drawn" | sort) |
    sed -nE 's/^< (.*)/docs\/architecture.md, picture: the kernel \1 is missing/p; s/^> (.*)/docs\/architecture.md, picture: there is no kernel \1/p' |
    while IFS= read -r line; do broken "$line"; done

# --- arrows: which folder includes from which, folders below these counted with them. Which arrows are allowed is tests/lint/test_rules.sh's.
arrows() {
    find host include/eotmc kernels -name '*.[ch]' -o -name '*.cl' | while IFS= read -r file; do
        case $file in
        host/main.c) from=host/main.c ;;
        kernels/*) from=kernels ;;
        host/*) from=host/$(cut -d/ -f2 <<<"$file") ;;
        *) from=include/eotmc/$(cut -d/ -f3 <<<"$file") ;;
        esac
        sed -nE 's/^ *# *include *"([^"]+)".*/\1/p' "$file" | while IFS= read -r included; do
            included=${included#../../} included=${included#../}
            first=${included%%/*}
            case $included in
            eotmc/*/*) to=include/eotmc/$(cut -d/ -f2 <<<"$included") ;;
            kernels/*) to=kernels ;;
            */*) to=host/$first ;;
            *) to=$from ;; # of its own folder, or generated by the build
            esac
            [ -d "$to" ] && [ "$to" != "$from" ] && echo "$from $to"
        done
    done | sort -u | awk '$1 != last { if (last != "") print ""; printf "%s ->", $1; last = $1 } { printf " %s", $2 } END { print "" }'
}
now=$(arrows)
if [ -n "${EOT_REWRITE_DOCS:-}" ]; then
    { sed '/^<!-- arrows begin -->$/q' $architecture; printf '```text\n%s\n```\n' "$now"; sed -n '/^<!-- arrows end -->$/,$p' $architecture; } >"$found.new" &&
        cat "$found.new" >$architecture
    rm -f "$found.new"
fi
shown=$(sed -n '/^<!-- arrows begin -->$/,/^<!-- arrows end -->$/p' $architecture | grep -E '^[a-z]')
[ "$(grep -c -- '->' <<<"$now")" -gt 10 ] || broken "only $(grep -c -- '->' <<<"$now") folders include from others: is the pattern still right?"
one_by_one() { awk '{ for (i = 3; i <= NF; i++) print $1 " -> " $i }' | sort; }
diff <(one_by_one <<<"$now") <(one_by_one <<<"$shown") |
    sed -nE 's/^< (.*)/the arrow \1 is missing in docs\/architecture.md (EOT_REWRITE_DOCS=1 writes them anew)/p; s/^> (.*)/docs\/architecture.md has the arrow \1, which is not there/p' |
    while IFS= read -r line; do broken "$line"; done

# shared folders include from themselves and from rows above them
one_by_one <<<"$now" | grep -E '^include/eotmc/.* -> include/eotmc/' | while read -r from _ to; do
    order() { sed -nE 's/^\| `(include\/eotmc\/[a-z0-9_]+)\/?`.*/\1/p' $architecture | grep -nxF -- "$1" | cut -d: -f1; }
    [ "$(order "$to")" -lt "$(order "$from")" ] || broken "$architecture: $from includes from $to, whose row is not above"
done

[ ! -s "$found" ] || { echo "FAILED: $(wc -l <"$found") places where the documents are not right"; exit 1; }
echo "$n_link links, $n_file names of files, $n_test names of tests, $n_word words, $(wc -l <<<"$told") folders, $(one_by_one <<<"$now" | wc -l) arrows are right"
