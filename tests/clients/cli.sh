# Sourced by the scripts that use the AWS CLI: where to call and with which key, what a story asks for, and how its answers are checked.
# shellcheck shell=bash

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

transfer() { # CONTACT-ID CONTACT-FLOW-ID -> ContactId
    aws connect transfer-contact --instance-id "$instance" --contact-id "$1" --contact-flow-id "$2" --query ContactId --output text
}

agent() { # CONTACT-ID NAME -> ParticipantToken
    aws connect create-participant --instance-id "$instance" --contact-id "$1" \
        --participant-details "ParticipantRole=AGENT,DisplayName=$2" --query ParticipantCredentials.ParticipantToken --output text
}

describe() { # CONTACT-ID QUERY
    aws connect describe-contact --instance-id "$instance" --contact-id "$1" --query "Contact.$2" --output text
}

leave() { # CONNECTION-TOKEN
    aws connectparticipant disconnect-participant --connection-token "$1"
}

end() { # CONTACT-ID
    aws connect stop-contact --instance-id "$instance" --contact-id "$1"
}

# shellcheck disable=SC2034 # for the scripts that source this
messages="Transcript[?Type=='MESSAGE'].Content"
