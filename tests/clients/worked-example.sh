#!/usr/bin/env bash
# Amazon Connect's own worked example of persistent chat, row by row, with the AWS CLI. ENDPOINT says where, as for tour.sh.
# https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html
set -euo pipefail

. "$(dirname "$0")/cli.sh"

# row SOURCE TYPE CONTINUED PAST-CONTACTS PAST-MESSAGES: continues SOURCE, and reads all that the new chat shows, newest first.
row() {
    local contact token continued connection next present past
    step "$1 with $2"
    read -r contact token continued < <(start --persistent-chat "SourceContactId=${!1},RehydrationType=$2")
    expect ContinuedFromContactId "$(name "$continued")" "$3"
    expect RelatedContactId "$(name "$(describe "$contact" RelatedContactId)")" "$3"
    connection=$(connect "$token")
    # A line with the NextToken, then one for each item.
    { read -r next && read -r present && past=$(cat); } < <(page "$connection" '[NextToken, Transcript[].[RelatedContactId, ContactId, Content]]' \
        --scan-direction BACKWARD --sort-order DESCENDING --max-results 100)
    expect NextToken "$next" None
    expect "item of the new chat" "$present" None$'\t'"$contact"$'\t'None
    expect "past contacts" "$(cut -f 1 <<<"$past" | uniq | names)" "$4"
    expect "their ContactId" "$(cut -f 2 <<<"$past" | sort -u)" None
    expect "past messages" "$(cut -f 3 <<<"$past" | grep -vx None | paste -sd '|')" "$5"
    end "$contact"
}

# name CONTACT-ID: what the example calls it.
name() {
    case $1 in
        "$C1") echo C1 ;;
        "$C2") echo C2 ;;
        "$C3") echo C3 ;;
        *) echo "$1" ;;
    esac
}

names() { # of the ContactIds in the input
    local contact
    while read -r contact; do name "$contact"; done | paste -sd ' '
}

# refused_naming CONTACT SOURCE TYPE: the source is refused, and the message names that contact.
refused_naming() {
    local said
    said=$(refused InvalidRequestException start --persistent-chat "SourceContactId=${!2},RehydrationType=$3")
    [[ $said == *"${!1}"* ]] || fail "$1 is not named: $said"
    printf '   %s with %s: refused, %s is named\n' "$2" "$3" "$1"
}

echo "The worked example at $ENDPOINT with $(aws --version 2>&1)"

step "C1: the customer and the agent Ann"
read -r C1 token _ < <(start)
jane=$(connect "$token")
ann=$(connect "$(agent "$C1" Ann)")
send "$jane" "My parcel has not come." >/dev/null
send "$ann" "Bob knows more." >/dev/null
leave "$ann"

step "A transfer leads to C2 and the agent Bob"
C2=$(transfer "$C1" "$flow")
bob=$(connect "$(agent "$C2" Bob)")
send "$bob" "It comes today." >/dev/null
leave "$bob"

step "The disconnect flow: C3, a survey"
C3=$(transfer "$C2" survey)
send "$jane" "Five stars." >/dev/null

step "While C3 is active, nothing of the session is continued"
refused_naming C3 C1 ENTIRE_PAST_SESSION
refused_naming C3 C1 FROM_SEGMENT
refused_naming C3 C2 FROM_SEGMENT
refused_naming C3 C3 FROM_SEGMENT

step "The session ends"
leave "$jane"
expect "C1" "$(describe "$C1" '[InitiationMethod, PreviousContactId, DisconnectReason]')" $'API\tNone\tNone'
expect "C2" "$(describe "$C2" '[InitiationMethod, PreviousContactId, DisconnectReason]')" $'TRANSFER\t'"$C1"$'\tAGENT_DISCONNECT'
expect "C3" "$(describe "$C3" '[InitiationMethod, PreviousContactId, DisconnectReason]')" $'DISCONNECT\t'"$C2"$'\tCUSTOMER_DISCONNECT'

row C2 FROM_SEGMENT C2 "C2 C1" "It comes today.|Bob knows more.|My parcel has not come."
row C1 ENTIRE_PAST_SESSION C3 "C3 C2 C1" "Five stars.|It comes today.|Bob knows more.|My parcel has not come."
row C1 FROM_SEGMENT C1 "C1" "Bob knows more.|My parcel has not come."
row C3 FROM_SEGMENT C3 "C3 C2 C1" "Five stars.|It comes today.|Bob knows more.|My parcel has not come."

step "C2 or C3 with ENTIRE_PAST_SESSION: the session is asked for by its initial contact"
refused_naming C1 C2 ENTIRE_PAST_SESSION
refused_naming C1 C3 ENTIRE_PAST_SESSION

printf '\nThe worked example is complete.\n'
