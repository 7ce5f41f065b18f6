# Sourced by with-local and with-lambda-watch: goes to the top folder, starts servers, and stops them when the script ends.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck disable=SC2034 # for the scripts that source this
binaries=${CARGO_TARGET_DIR:-target}/debug
logs=$(mktemp -d)
servers=()

stop_servers() {
    local status=$? server
    trap - EXIT
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    if ((status != 0)); then
        tail -n 40 "$logs"/* >&2
    fi
    rm -rf "$logs"
    exit "$status"
}
trap stop_servers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# serve NAME COMMAND...: runs a server in the background.
serve() {
    local name=$1
    shift
    "$@" >"$logs/$name" 2>&1 </dev/null &
    servers+=($!)
}

# address_of NAME: waits until the server serves, that is until it has printed its address; leaves it in $address.
address_of() {
    for _ in {1..600}; do
        address=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$logs/$1" | head -n 1 || true)
        if [[ -n $address ]]; then
            return
        fi
        kill -0 "${servers[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "$1 did not start" >&2
    exit 1
}
