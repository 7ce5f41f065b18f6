# Sourced by the scripts that run checks one after the other: tells which one runs, how long each took, and which one failed.
# shellcheck shell=bash

timings=""
name="start"

# stage NAME COMMAND...
stage() {
    local began=$SECONDS
    name=$1
    shift
    printf '\n=== %s: %s\n' "$name" "$*"
    "$@"
    timings+=$(printf '%6d s  %s' $((SECONDS - began)) "$name")$'\n'
}

summary() {
    local status=$?
    printf '\n%s%6d s  in all\n' "$timings" "$SECONDS"
    if ((status != 0)); then
        printf '=== FAILED: %s\n' "$name"
    fi
}
trap summary EXIT
