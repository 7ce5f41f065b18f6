# Sourced: sends every file of tests/events to its function, and checks the status of the answer.
# shellcheck shell=bash

# check_events INVOKE...: INVOKE FUNCTION FILE prints the function's answer.
check_events() {
    local file function status expected answer
    for file in tests/events/*.json; do
        function=$(basename "$file" .json)
        # The starts are anonymous, which is allowed here, a customer's own chats come with the gateway's word for him, and what
        # comes on an open WebSocket needs no more; all the others lack a signature or a good token.
        status=403
        case $function in start-chat* | *-own | websocket-[!c]*) status=200 ;; esac
        function=${function%-widget}
        function=${function%-own}
        expected="\"statusCode\": *$status"
        case $function in
        websocket-*) function=websocket ;;
        # Nothing of the batch is to come again.
        deliver) expected='"batchItemFailures": *\[\]' status="nothing again" ;;
        esac
        answer=$("$@" "$function" "$file")
        if [[ ! $answer =~ $expected ]]; then
            printf '%s: not %s: %s\n' "$file" "$status" "$answer" >&2
            return 1
        fi
        printf '%s: %s\n' "$file" "$status"
    done
}
