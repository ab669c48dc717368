#!/usr/bin/env bash
# `cmake --install`, and a program of a user's against the installed library through pkg-config.
# usage: test_install.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
grep -q '^CMAKE_C_FLAGS:.*-fsanitize' "$3/CMakeCache.txt" && { echo "skipped: a build with sanitisers is not for installing"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "FAILED: $*"
    exit 1
}
cmake --install "$3" --prefix "$work/here" >"$work/log" 2>&1 || { cat "$work/log"; fail "cmake --install"; }
mv "$work/here" "$work/moved" # what is installed finds itself wherever it is
pc=$(find "$work" -name eotmc.pc)
[ -n "$pc" ] || fail "no eotmc.pc"
installed=$(find "$work" -name eotmc -type f -perm -u+x)
version=$("$installed" --version) || fail "the installed binary does not run"
cat >"$work/user.c" <<'USER'
#include <stdio.h>
#include "device/selftest.h"
#include "eotmc/math/random.h"
#include "config/config.h"
int main(void) {
    struct eot_error error = {.status = EOT_OK};
    struct eot_backend_options options = {.selector = "host"};
    struct eot_backend *backend = NULL;
    if (eot_backend_open(&options, &backend, &error) != EOT_OK || eot_selftest(backend, false, NULL, &error) != EOT_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    eot_backend_close(backend);
    printf("%08x\n", eot_philox(0, 0, 0, 0, 0, 0).x);
    return 0;
}
USER
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=
flags=$(pkg-config --cflags --libs eotmc) || fail "pkg-config"
[ "$(realpath "$(pkg-config --variable=prefix eotmc)")" = "$(realpath "$work/moved")" ] || fail "eotmc.pc has the prefix $(pkg-config --variable=prefix eotmc)"
${CC:-cc} -std=c11 -o "$work/user" "$work/user.c" $flags || fail "a program against the installed library does not build ($flags)"
[ "$("$work/user")" = 6627e8d5 ] || fail "a program against the installed library does not run"
[ "$version" = "eotmc $(pkg-config --modversion eotmc)" ] || fail "version of binary ($version) and of eotmc.pc differ"
for manual in share/man/man1/eotmc.1 share/bash-completion/completions/eotmc share/zsh/site-functions/_eotmc; do [ -s "$work/moved/$manual" ] || fail "no $manual"; done
echo "installed: $(cd "$work" && find . -type f | grep -vcE 'user|log$') files"
