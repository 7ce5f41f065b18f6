#!/usr/bin/env bash
# The README's tour, pasted line by line: runs its shell blocks as they stand there, in one shell, and checks what they show. The
# address and the access key alone are those of the service that is to be toured.
set -euo pipefail
cd "$(dirname "$0")/../.."
export ENDPOINT CHAT_ACCESS_KEY_ID=${CHAT_ACCESS_KEY_ID:-local} CHAT_SECRET_ACCESS_KEY=${CHAT_SECRET_ACCESS_KEY:-local} AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
unset AWS_REGION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_DEFAULT_OUTPUT AWS_ENDPOINT_URL

pasted=$(awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md)
local_key="AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local"
if [[ $pasted != *"$local_key"* ]]; then
    echo "FAILED: the README gives no access key" >&2
    exit 1
fi
# shellcheck disable=SC2016 # as the README's own shell is to read it
pasted=${pasted/"$local_key"/'AWS_ACCESS_KEY_ID="$CHAT_ACCESS_KEY_ID" AWS_SECRET_ACCESS_KEY="$CHAT_SECRET_ACCESS_KEY"'}
status=0
shown=$(bash <<<"$pasted" 2>&1) || status=$?
printf '%s\n' "$shown"
if ((status != 0)); then
    echo "FAILED: the last command of the tour, exit code $status" >&2
    exit 1
fi

# times WANTED TEXT: how often the text must stand in what was shown.
times() {
    local found
    found=$(grep -cF -- "$2" <<<"$shown" || true)
    if [[ $found != "$1" ]]; then
        printf 'FAILED: %s line(s) with "%s", not %s\n' "$found" "$2" "$1" >&2
        exit 1
    fi
}

times 1 "An error occurred (InvalidRequestException)"
times 1 "is still active"
times 1 " continues "
# In the present, and in the past of both of the chats that continue it.
times 3 "My parcel has not come."
times 3 "I have to go, and will be back."
times 2 "application/vnd.amazonaws.connect.event.transfer.succeeded"
# FROM_SEGMENT hides the survey, ENTIRE_PAST_SESSION shows it, and the end.
times 1 "Five stars."
times 1 "application/vnd.amazonaws.connect.event.participant.left"
times 1 "application/vnd.amazonaws.connect.event.chat.ended"
times 1 "An error occurred"
echo "The README's tour shows what it says."
