# Names of files in the comments of C sources. usage: awk -f comments.awk SOURCES...   prints "FILE:LINE NAME"
FNR == 1 { in_comment = 0 }
{
    text = $0
    comment = ""
    gsub(/\047(\\.|[^\\\047])\047/, "0", text)
    if (!in_comment) gsub(/"(\\.|[^"\\])*"/, "0", text)
    while (text != "") {
        if (in_comment) {
            i = index(text, "*/")
            comment = comment " " (i ? substr(text, 1, i - 1) : text)
            text = i ? substr(text, i + 2) : ""
            in_comment = i == 0
        } else if (match(text, /\/[*\/]/)) {
            if (substr(text, RSTART, 2) == "//") { comment = comment " " substr(text, RSTART + 2); break }
            text = substr(text, RSTART + 2)
            in_comment = 1
        } else {
            break
        }
    }
    n = split(comment, word, /[^A-Za-z0-9_.\/<>*{}-]+/)
    for (i = 1; i <= n; i++) {
        gsub(/^[^A-Za-z0-9_.<*{]+|[^a-z]+$/, "", word[i])
        if (word[i] ~ /[A-Za-z0-9_>*}]\.(c|h|cl|def|md|yaml|sh|bash|awk|cc|in)$/) print FILENAME ":" FNR, word[i]
    }
}
