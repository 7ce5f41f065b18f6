#!/usr/bin/env bash
# The README's tour with the AWS CLI, each answer checked. ENDPOINT says where; by default the local server's usual address.
set -euo pipefail

ENDPOINT=${ENDPOINT:-http://127.0.0.1:9000}
export AWS_ENDPOINT_URL_CONNECT=$ENDPOINT AWS_ENDPOINT_URL_CONNECTPARTICIPANT=$ENDPOINT
export AWS_ACCESS_KEY_ID=${CHAT_ACCESS_KEY_ID:-local} AWS_SECRET_ACCESS_KEY=${CHAT_SECRET_ACCESS_KEY:-local}
export AWS_DEFAULT_REGION=us-east-1 AWS_PAGER="" AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
unset AWS_REGION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_DEFAULT_OUTPUT AWS_ENDPOINT_URL

instance=12345678-1234-1234-1234-123456789012
flow=846ec553-a005-41c0-8341-0123456789ab

step() { printf '\n%s\n' "$*"; }

fail() {
    printf '   FAILED: %s\n' "$*" >&2
    exit 1
}

# expect WHAT IS SHOULD-BE
expect() {
    [[ $2 == "$3" ]] || fail "$1 is '$2', not '$3'"
    printf '   %s: %s\n' "$1" "$2"
}

# expect_some WHAT IS: anything but nothing. What is secret is not printed.
expect_some() {
    [[ -n $2 && $2 != None ]] || fail "no $1"
    printf '   %s: there\n' "$1"
}

# refused CODE COMMAND...: the CLI fails with this error. (Exit code 255 is version 1 of the CLI, 254 is version 2.)
refused() {
    local code=$1 said status=0
    shift
    said=$("$@" 2>&1) || status=$?
    [[ $status == 254 || $status == 255 ]] || fail "exit code $status where a refusal was due: $said"
    [[ $said == *"($code)"* ]] || fail "not $code: $said"
    printf '   refused, exit code %s:%s\n' "$status" "${said//$'\n'/ }"
}

start() { # [OPTION...] -> ContactId, ParticipantToken, ContinuedFromContactId
    aws connect start-chat-contact --instance-id "$instance" --contact-flow-id "$flow" --participant-details DisplayName=Jane \
        --query '[ContactId, ParticipantToken, ContinuedFromContactId]' --output text "$@"
}

connect() { # PARTICIPANT-TOKEN -> ConnectionToken
    aws connectparticipant create-participant-connection --participant-token "$1" --type CONNECTION_CREDENTIALS \
        --query ConnectionCredentials.ConnectionToken --output text
}

send() { # CONNECTION-TOKEN TEXT -> Id
    aws connectparticipant send-message --connection-token "$1" --content-type text/plain --content "$2" --query Id --output text
}

page() { # CONNECTION-TOKEN QUERY [OPTION...]
    aws connectparticipant get-transcript --connection-token "$1" --sort-order ASCENDING --output text --query "$2" "${@:3}"
}

end() { # CONTACT-ID
    aws connect stop-contact --instance-id "$instance" --contact-id "$1"
}

messages="Transcript[?Type=='MESSAGE'].Content"

echo "Tour of $ENDPOINT with $(aws --version 2>&1)"

step "1. Start a chat"
read -r first token continued < <(start)
expect_some ContactId "$first"
expect_some ParticipantToken "$token"
expect ContinuedFromContactId "$continued" None

step "2. Connect as its customer"
connection=$(connect "$token")
expect_some ConnectionToken "$connection"

step "3. Send three messages, and read them back"
for text in "Hello" "My parcel is late" "It is number 4711"; do
    expect_some "Id of '$text'" "$(send "$connection" "$text")"
done
expect messages "$(page "$connection" "$messages")" $'Hello\tMy parcel is late\tIt is number 4711'

step "4. Try to continue the chat while it is active: refused"
for type in ENTIRE_PAST_SESSION FROM_SEGMENT; do
    refused InvalidRequestException start --persistent-chat "SourceContactId=$first,RehydrationType=$type"
done

step "5. End it; ending it again changes nothing"
end "$first"
end "$first"
echo "   ended"

step "6. Its tokens are dead now"
refused AccessDeniedException send "$connection" "Hello?"
refused AccessDeniedException page "$connection" "$messages"
refused AccessDeniedException connect "$token"

step "7. Continue it in a new chat"
read -r second token continued < <(start --persistent-chat "SourceContactId=$first,RehydrationType=ENTIRE_PAST_SESSION")
expect_some ContactId "$second"
[[ $second != "$first" ]] || fail "the new chat has the old ContactId"
expect ContinuedFromContactId "$continued" "$first"

step "8. Connect and say something"
connection=$(connect "$token")
expect_some Id "$(send "$connection" "Hello again")"

step "9. The first page shows this chat, and a NextToken, since there is a past"
expect messages "$(page "$connection" "$messages")" "Hello again"
expect "contacts" "$(page "$connection" 'Transcript[].ContactId' | tr '\t' '\n' | sort -u)" "$second"
expect "past contacts" "$(page "$connection" 'Transcript[].RelatedContactId')" ""
next=$(page "$connection" NextToken)
expect_some NextToken "$next"

step "10. Page back: the past, to its first message"
back=(--next-token "$next" --scan-direction BACKWARD)
expect messages "$(page "$connection" "$messages" "${back[@]}")" $'Hello\tMy parcel is late\tIt is number 4711'
expect "past contacts" "$(page "$connection" 'Transcript[].RelatedContactId' "${back[@]}" | tr '\t' '\n' | sort -u)" "$first"
expect NextToken "$(page "$connection" NextToken "${back[@]}")" None
expect "current session" "$(page "$connection" InitialContactId "${back[@]}")" "$second"

step "And on: the customer leaves, and comes back to where he left (FROM_SEGMENT)"
aws connectparticipant disconnect-participant --connection-token "$connection"
read -r third token continued < <(start --persistent-chat "SourceContactId=$second,RehydrationType=FROM_SEGMENT")
expect ContinuedFromContactId "$continued" "$second"
connection=$(connect "$token")
expect messages "$(page "$connection" "$messages")" ""
next=$(page "$connection" NextToken)
expect_some NextToken "$next"
back=(--next-token "$next" --scan-direction BACKWARD --max-results 100)
expect messages "$(page "$connection" "$messages" "${back[@]}")" $'Hello\tMy parcel is late\tIt is number 4711\tHello again'
expect "past contacts" "$(page "$connection" "Transcript[?Type=='MESSAGE'].RelatedContactId" "${back[@]}" | tr '\t' '\n' | uniq | paste -sd ' ')" \
    "$first $second"
end "$third"

printf '\nThe tour is complete.\n'
