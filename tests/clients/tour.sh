#!/usr/bin/env bash
# The README's tour with the AWS CLI, each answer checked. ENDPOINT says where; by default the local server's usual address.
set -euo pipefail

. "$(dirname "$0")/cli.sh"

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

step "9. The first page goes on from this chat into the past, to its first message"
expect messages "$(page "$connection" "$messages")" $'Hello\tMy parcel is late\tIt is number 4711\tHello again'
expect "contacts" "$(page "$connection" 'Transcript[].ContactId' | tr '\t' '\n' | sort -u)" "$second"
expect "past contacts" "$(page "$connection" 'Transcript[].RelatedContactId' | tr '\t' '\n' | sort -u)" "$first"
expect NextToken "$(page "$connection" NextToken)" None

step "10. A page of two items: its NextToken leads to the rest"
expect messages "$(page "$connection" "$messages" --max-results 2)" "Hello again"
next=$(page "$connection" NextToken --max-results 2)
expect_some NextToken "$next"
back=(--next-token "$next" --scan-direction BACKWARD)
expect messages "$(page "$connection" "$messages" "${back[@]}")" $'Hello\tMy parcel is late\tIt is number 4711'
expect "past contacts" "$(page "$connection" 'Transcript[].RelatedContactId' "${back[@]}" | tr '\t' '\n' | sort -u)" "$first"
expect NextToken "$(page "$connection" NextToken "${back[@]}")" None
expect "current session" "$(page "$connection" InitialContactId "${back[@]}")" "$second"

step "And on: the customer leaves, and comes back to where he left (FROM_SEGMENT)"
leave "$connection"
read -r third token continued < <(start --persistent-chat "SourceContactId=$second,RehydrationType=FROM_SEGMENT")
expect ContinuedFromContactId "$continued" "$second"
connection=$(connect "$token")
whole=(--max-results 100)
expect messages "$(page "$connection" "$messages" "${whole[@]}")" $'Hello\tMy parcel is late\tIt is number 4711\tHello again'
expect "past contacts" "$(page "$connection" "Transcript[?Type=='MESSAGE'].RelatedContactId" "${whole[@]}" | tr '\t' '\n' | uniq | paste -sd ' ')" \
    "$first $second"
end "$third"

printf '\nThe tour is complete.\n'
