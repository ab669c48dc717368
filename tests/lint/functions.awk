# The functions of C sources that clang-format has laid out: a function begins in the first column, its body ends with a brace there.
# usage: awk -f functions.awk SOURCES...   prints "FILE:LINE NAME LINES PARAMETERS", with " kernel" behind the kernels of OpenCL
function plain(text,    rest) { # without characters, texts and comments
    gsub(/\047(\\.|[^\\\047])+\047/, "0", text)
    gsub(/"(\\.|[^"\\])*"/, "0", text)
    if (in_comment) {
        if (!match(text, /\*\//)) return ""
        text = substr(text, RSTART + 2)
        in_comment = 0
    }
    while (match(text, /\/\*/)) {
        rest = substr(text, RSTART + 2)
        text = substr(text, 1, RSTART - 1)
        if (!match(rest, /\*\//)) { in_comment = 1; return text }
        text = text " " substr(rest, RSTART + 2)
    }
    sub(/\/\/.*/, "", text)
    return text
}
function parameters(head,    i, c, depth, n, open) { # of its last pair of outer parentheses
    for (i = 1; i <= length(head); i++) {
        c = substr(head, i, 1)
        if (c == "(" && depth++ == 0) { open = i; n = 0 }
        if (c == ")") depth--
        if (c == "," && depth == 1) n++
    }
    return substr(head, open + 1) ~ /^ *(void)? *\)/ ? 0 : n + 1
}
function braces(text) { return gsub(/\{/, "", text) - gsub(/\}/, "", text) } # how many more are opened than closed
function finish(    name) {
    gsub(/__attribute__ *\(\([^()]*(\([^()]*\))?[^()]*\)\)/, "", head)
    gsub(/EOT_KERNEL_FN\([a-z_]*\)/, "__kernel", head)
    name = head
    sub(/ *\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    print FILENAME ":" first, name, FNR - first + 1, parameters(head) (head ~ /__kernel/ ? " kernel" : "")
    state = "outside"
}
FNR == 1 { state = "outside"; in_comment = in_macro = 0 }
{
    text = plain($0)
    if (in_macro || text ~ /^[ \t]*#/) { in_macro = $0 ~ /\\$/; next }
    if (state == "outside" && text ~ /^[A-Za-z_]/ && text !~ /^typedef/) { state = "head"; head = ""; first = FNR }
    if (state == "head") {
        head = head " " text
        brace = index(head, "{")
        if (brace == 0) { if (text ~ /; *$/) state = "outside"; next }
        if (substr(head, 1, brace) !~ /\) *\{$/ || substr(head, 1, brace) ~ /=/) { # a struct, an enum, values
            state = "other"
            depth = braces(head)
            if (depth == 0) state = "outside"
            next
        }
        head = substr(head, 1, brace - 1)
        state = "body"
        if (text ~ /\} *$/) finish()
    } else if (state == "body" && text ~ /^\}/) {
        finish()
    } else if (state == "other") {
        depth += braces(text)
        if (depth == 0) state = "outside"
    }
}
