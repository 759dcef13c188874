#!/bin/sh
# Builds libsoftpath-preload.so into the folder that the only argument names, if the machine can. Run by Maven.
set -eu

source=$(dirname -- "$0")
target=$1/libsoftpath-preload.so
rm -f "$target"
if ! command -v cc >/dev/null 2>&1; then
    echo "softpath: cc is not on PATH, so libsoftpath-preload.so is not built: programs written for InfiniPath cannot run" \
        "on softpath. Debian, Ubuntu: apt-get install gcc libc6-dev"
    exit 0
fi
if ! echo '#include <stdio.h>' | cc -E -x c - >/dev/null 2>&1; then
    echo "softpath: the headers of the C library are missing, so libsoftpath-preload.so is not built." \
        "Debian, Ubuntu: apt-get install libc6-dev"
    exit 0
fi
mkdir -p "$1"
# -fno-delete-null-pointer-checks: the headers say that no caller passes NULL, which callers do not know.
cc -std=gnu11 -O2 -fPIC -shared -fvisibility=hidden -fno-delete-null-pointer-checks -Wall -Wextra \
    -o "$target.new" "$source/preload.c" "$source/libpsm.c" -ldl -pthread
mv -f "$target.new" "$target"
