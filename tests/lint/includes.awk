# Includes between folders that arrows.txt does not allow, arrows there that nobody uses or that point down, and circles of files.
# usage: awk -f includes.awk tests/lint/arrows.txt SOURCES...   (paths from the root of the project); prints a line per fault
#
# A circle of files: x.h and x.c are one file here, so that a part which needs its whole, which needs the part, is a circle too.
function normal(path,    part, n, i, kept, out) { # without ./ and ../
    n = split(path, part, "/")
    for (i = 1; i <= n; i++)
        if (part[i] == "..") kept--
        else if (part[i] != ".") stack[++kept] = part[i]
    for (i = 1; i <= kept; i++) out = out (i > 1 ? "/" : "") stack[i]
    return out
}
function folder(path,    part, n) {
    n = split(path, part, "/")
    if (part[1] == "include") return part[2] "/" part[3]
    if (part[1] == "host") return part[2]
    return part[1]
}
function node(path) {
    if (path ~ /^host\//) sub(/\.[ch]$/, "", path)
    return path
}
FILENAME ~ /arrows\.txt$/ {
    if (/^#/ || NF == 0) next
    from = $1
    if (!sub(/:$/, "", from)) print FILENAME ":" FNR ": a line must be FOLDER: FOLDERS"
    for (i = 2; i <= NF; i++) {
        allowed[from, $i] = FILENAME ":" FNR
        if (!($i in line)) print FILENAME ":" FNR ": " from " may not include from " $i ", which stands below it"
    }
    line[from] = FNR
    next
}
FNR == 1 { exists[FILENAME] = 1 }
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, "\"")
    n_include++
    including[n_include] = FILENAME
    included[n_include] = part[2]
    place[n_include] = FILENAME ":" FNR
}
END {
    for (i = 1; i <= n_include; i++) {
        own = including[i]
        sub(/[^\/]*$/, "", own)
        target = ""
        candidate[1] = normal(own included[i]); candidate[2] = "host/" included[i]; candidate[3] = "include/" included[i]
        for (k = 1; k <= 3 && target == ""; k++) if (candidate[k] in exists) target = candidate[k]
        if (target == "") continue # made by the build
        from = folder(including[i]); to = folder(target)
        if (from != to) {
            used[from, to] = 1
            if (!((from, to) in allowed)) print place[i] ": " from " includes from " to ", which tests/lint/arrows.txt does not allow"
        }
        a = node(including[i]); b = node(target)
        if (a != b && !((a, b) in edge)) {
            edge[a, b] = 1
            out[a] = out[a] " " b
            n_out[a]++; n_in[b]++
            is_node[a] = is_node[b] = 1
        }
    }
    for (key in allowed) if (!(key in used)) { split(key, part, SUBSEP); print allowed[key] ": nothing in " part[1] " includes from " part[2] " any more; remove the arrow" }
    # Take away what includes nothing that is left, and what nothing that is left includes: circles stay.
    do {
        changed = 0
        for (a in is_node) {
            n_to = split(out[a], to_node, " ")
            left = 0
            for (k = 1; k <= n_to; k++) left += to_node[k] in is_node
            if (left == 0 || n_in[a] + 0 == 0) {
                for (k = 1; k <= n_to; k++) n_in[to_node[k]]--
                delete is_node[a]
                changed = 1
                break
            }
        }
    } while (changed)
    for (a in is_node) {
        n_to = split(out[a], to_node, " ")
        text = ""
        for (k = 1; k <= n_to; k++) if (to_node[k] in is_node) text = text " " to_node[k]
        print "circle of files: " a " includes" text
    }
}
