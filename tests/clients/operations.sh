#!/usr/bin/env bash
# What is done to a deployed stack while people chat: its keys are exchanged, a permission is lost and given back, and it is updated
# to let nobody unknown in. For tests/clients/with-stack, which leaves the account that the stack is in to the AWS CLI.
set -euo pipefail

account=(AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL" AWS_ACCESS_KEY_ID="$AWS_ACCESS_KEY_ID" AWS_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY")
in_account() { env -u AWS_ENDPOINT_URL_CONNECT "${account[@]}" aws "$@"; }

. "$(dirname "$0")/cli.sh"

of_stack() { # LOGICAL-ID -> physical id
    in_account cloudformation describe-stack-resource --stack-name chat --logical-resource-id "$1" \
        --query StackResourceDetail.PhysicalResourceId --output text
}

update() { # PARAMETER=VALUE...: the others stay as they are
    local name parameters=()
    for name in $(in_account cloudformation describe-stacks --stack-name chat --query 'Stacks[0].Parameters[].ParameterKey' --output text); do
        case " $* " in
            *" $name="*) ;;
            *) parameters+=("ParameterKey=$name,UsePreviousValue=true") ;;
        esac
    done
    for name in "$@"; do
        parameters+=("ParameterKey=${name%%=*},ParameterValue=${name#*=}")
    done
    in_account cloudformation update-stack --stack-name chat --use-previous-template --parameters "${parameters[@]}" \
        --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND >/dev/null
    in_account cloudformation wait stack-update-complete --stack-name chat
}

# status METHOD PATH [BODY]: of a call that nobody has signed.
status() {
    python3 - "$ENDPOINT$2" "$1" "${3:-}" <<'PYTHON'
import sys, urllib.error, urllib.request

try:
    request = urllib.request.Request(sys.argv[1], sys.argv[3].encode(), method=sys.argv[2])
    print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error:
    print(error.code)
PYTHON
}

body='{"ParticipantDetails": {"DisplayName": "Jane"}}'

step "A chat, and who may start one by the parameters given"
read -r contact token _ < <(start)
connection=$(connect "$token")
expect_some Id "$(send "$connection" "before")"
expect "status of a start of nobody known" "$(status POST /contact/chat "$body")" 200

step "A function may do what its role lets it do, and nothing else"
role=$(of_stack SendMessageRole)
policy=$(in_account iam list-role-policies --role-name "$role" --query 'PolicyNames[0]' --output text)
document=$(in_account iam get-role-policy --role-name "$role" --policy-name "$policy" --query PolicyDocument --output json)
in_account iam delete-role-policy --role-name "$role" --policy-name "$policy"
AWS_MAX_ATTEMPTS=1 refused InternalServerException send "$connection" "without a permission"
in_account iam put-role-policy --role-name "$role" --policy-name "$policy" --policy-document "$document"
expect_some Id "$(send "$connection" "with it")"

step "Another key signs, another access key is issued, the first one is revoked, and nobody unknown is let in"
old_id=$AWS_ACCESS_KEY_ID
signing=$(of_stack SigningKeys) access=$(of_stack AccessKeys)
keys=$(in_account secretsmanager get-secret-value --secret-id "$signing" --query SecretString --output text)
keys=$(python3 -c 'import json, secrets, sys; print(json.dumps(json.load(sys.stdin) | {"2": secrets.token_hex(32), "signs_with": "2"}))' <<<"$keys")
in_account secretsmanager put-secret-value --secret-id "$signing" --secret-string "$keys" >/dev/null
new_secret=$(python3 -c 'import secrets; print(secrets.token_hex(32))')
in_account secretsmanager put-secret-value --secret-id "$access" --secret-string "{\"backend-2\": \"$new_secret\"}" >/dev/null
update SecretsRevision=2 AnonymousStart=false
refused UnrecognizedClientException start
export AWS_ACCESS_KEY_ID=backend-2 AWS_SECRET_ACCESS_KEY=$new_secret
expect_some "Id, by a token of the old key" "$(send "$connection" "after")"
expect messages "$(page "$connection" "$messages")" $'before\twith it\tafter'
expect_some "connection, by a token of the old key" "$(connect "$token")"
end "$contact"
read -r again token _ < <(start --persistent-chat "SourceContactId=$contact,RehydrationType=ENTIRE_PAST_SESSION")
expect_some "message, by a token of the new key" "$(send "$(connect "$token")" "Hello again")"
end "$again"
expect "status of a widget's start" "$(status POST /contact/chat "$body")" 404
expect "status of an unsigned start" "$(status PUT /contact/chat "$body")" 403
[[ $old_id != backend-2 ]] || fail "the access key is the old one"

printf '\nThe stack was operated.\n'
