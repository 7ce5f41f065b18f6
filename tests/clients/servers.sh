# Sourced by the scripts that need servers: goes to the top folder, starts servers, and stops them when the script ends.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck disable=SC2034 # for the scripts that source this
binaries=${CARGO_TARGET_DIR:-target}/debug
logs=$(mktemp -d)
servers=()

stop_servers() {
    local status=$? server
    trap - EXIT
    # Impatience leaves nothing behind.
    trap '' INT TERM
    for server in "${servers[@]}"; do
        kill -- "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    if ((status != 0)); then
        find "$logs" -maxdepth 1 -type f -exec tail -n 40 {} + >&2 || true
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

# wait_for NAME TEST...: waits until the server that was started last passes the test.
wait_for() {
    local name=$1
    shift
    for _ in {1..600}; do
        if "$@"; then
            return
        fi
        kill -0 "${servers[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "$name does not serve" >&2
    exit 1
}

# address_of NAME: waits until the server has printed its address, and leaves it in $address.
address_of() {
    wait_for "$1" read_address "$1"
}

# secret_of NAME: leaves the secret of the key in $secret that `local dynamodb` has printed with its address.
secret_of() {
    # shellcheck disable=SC2034 # for the scripts that source this
    secret=$(grep -oE 'AWS_SECRET_ACCESS_KEY=[0-9a-f]+' "$logs/$1" | head -n 1 | cut -d = -f 2)
}

read_address() {
    address=$(grep -soE 'http://127\.0\.0\.1:[0-9]+' "$logs/$1" | head -n 1 || true)
    [[ -n $address ]]
}
