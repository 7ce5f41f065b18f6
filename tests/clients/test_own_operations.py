"""The service's own operations, which no SDK has: raw requests, signed by boto3's signer."""

import json
import os
import uuid
from urllib.parse import quote, urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from conftest import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY


@pytest.fixture
def get(endpoint, instance):
    """GETs a path of the instance: the status, and the body."""

    def get(*segments, of=instance, signed=True, **query):
        path = "/".join(quote(segment, safe="") for segment in (segments[0], of, *segments[1:]))
        request = AWSRequest("GET", f"{endpoint}/{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else ""))
        if signed:
            SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), "connect", REGION).add_auth(request)
        answer = URLLib3Session().send(request.prepare())
        return answer.status_code, json.loads(answer.text)

    return get


def refused(answer, status, name):
    assert (answer[0], answer[1]["__type"]) == (status, name), answer
    assert answer[1]["message"]


# ------------------------------------------------------------------------------------------------------- a customer's chats


def test_67_a_customers_chats_are_listed_newest_first(get, start):
    first = start(CustomerId="jane").connect()
    survey = first.transfer(first.id)
    first.leave()
    second = start(SourceContactId=first.id, RehydrationType="ENTIRE_PAST_SESSION").end()
    third = start(CustomerId="jane").connect()
    start(CustomerId="john"), start()

    status, listed = get("customers", "jane", "chats")
    assert (status, listed.get("NextToken")) == (200, None)
    chats = listed["Chats"]
    assert [chat["InitialContactId"] for chat in chats] == [third.id, second.id, first.id]
    assert [chat["ContactId"] for chat in chats] == [third.id, second.id, survey]
    assert [chat.get("SourceContactId") for chat in chats] == [None, second.id, first.id]
    assert [chat.get("DisconnectReason") for chat in chats] == [None, "API", "CUSTOMER_DISCONNECT"]
    for chat, started in zip(chats, (third, second, first), strict=True):
        assert chat["InitiationTimestamp"] == started.describe()["InitiationTimestamp"].timestamp()
    again = start(SourceContactId=chats[2]["SourceContactId"], RehydrationType="ENTIRE_PAST_SESSION", CustomerId="jane")
    assert again.started["ContinuedFromContactId"] == survey


def test_67_a_list_is_paged_and_its_tokens_are_for_its_customer_alone(get, start):
    customer = "crm:jane+doe@example.com"  # as other systems have them
    chats = [start(CustomerId=customer).id for _ in range(5)][::-1]
    for size in (1, 2, 5, 10):
        seen, query = [], {}
        while True:
            status, page = get("customers", customer, "chats", maxResults=size, **query)
            assert (status, len(page["Chats"]) <= size) == (200, True)
            seen += [chat["InitialContactId"] for chat in page["Chats"]]
            if not page.get("NextToken"):
                break
            query = {"nextToken": page["NextToken"]}
            for wrong in (page["NextToken"][:-1], page["NextToken"] + "A"):
                refused(get("customers", customer, "chats", nextToken=wrong), 400, "InvalidParameterException")
            refused(get("customers", "john", "chats", **query), 400, "InvalidParameterException")
        assert seen == chats
    for size in (0, -1, "x", 1_000):
        refused(get("customers", customer, "chats", maxResults=size), 400, "InvalidParameterException")


@pytest.mark.skipif("WITH_STACK" in os.environ, reason="an HTTP API decodes the slash: shared/docs/stack.md")
def test_67_a_customers_id_may_have_a_slash(get, start):
    chat = start(CustomerId="crm/jane")
    status, listed = get("customers", "crm/jane", "chats")
    assert (status, [each["ContactId"] for each in listed["Chats"]]) == (200, [chat.id])


def test_nobody_known_lists_and_exports_nothing(get, start):
    chat = start(CustomerId="jane")
    refused(get("customers", "jane", "chats", signed=False), 403, "AccessDeniedException")
    refused(get("customers", "me", "chats", signed=False), 403, "AccessDeniedException")
    refused(get("contacts", chat.id, "transcript", signed=False), 403, "AccessDeniedException")
    # With a signature, `me` is a customer of this name.
    assert get("customers", "me", "chats") == (200, {"Chats": []})


# ------------------------------------------------------------------------------------------------------------- a transcript


def test_68_a_contact_is_exported_as_connect_writes_it(get, start, instance):
    source = start().connect()
    source.say("before")
    source.leave()
    chat = start(SourceContactId=source.id, RehydrationType="FROM_SEGMENT").connect()
    ann = chat.agent()
    ann.say("one")
    second = chat.transfer(chat.id)
    assert get("contacts", second, "transcript")[1]["Transcript"] == []
    chat.say("two")
    shown = chat.page(ContactId=chat.id, SortOrder="ASCENDING")["Transcript"]
    running = get("contacts", chat.id, "transcript")
    chat.leave()
    for status, file in (running, get("contacts", chat.id, "transcript")):
        assert status == 200
        assert (file["Version"], file["InstanceId"]) == ("2019-08-26", instance)
        assert (file["InitialContactId"], file["ContactId"]) == (chat.id, chat.id)
        assert file["Participants"] == [{"ParticipantId": chat.participant_id}, {"ParticipantId": ann.participant_id}]
        assert file["Transcript"] == [{k: v for k, v in item.items() if k != "ContactId"} for item in shown]
    status, file = get("contacts", second, "transcript")
    assert (file["InitialContactId"], file["ContactId"]) == (chat.id, second)
    assert [item["ContentType"].split(".")[-1] for item in file["Transcript"]] == ["text/plain", "left", "ended"]


def test_68_an_export_is_paged_where_it_is_long(get, start):
    chat = start().connect()
    sent = [chat.say(str(n))["Id"] for n in range(12)]
    seen, query = [], {}
    while True:
        status, file = get("contacts", chat.id, "transcript", maxResults=5, **query)
        assert status == 200
        seen += [item["Id"] for item in file["Transcript"]]
        if not file.get("NextToken"):
            break
        query = {"nextToken": file["NextToken"]}
        refused(get("contacts", chat.id, "transcript", nextToken=file["NextToken"][:-1]), 400, "InvalidParameterException")
    assert seen[1:] == sent


def test_what_does_not_exist_is_not_exported(get, start):
    chat = start()
    for contact in (str(uuid.uuid4()), "00000000-0000-8000-8000-000000000000", "x"):
        refused(get("contacts", contact, "transcript"), 404, "ResourceNotFoundException")
    refused(get("contacts", chat.id, "transcript", of=str(uuid.uuid4())), 404, "ResourceNotFoundException")


def test_69_both_take_an_instance_by_its_arn(get, start, instance):
    chat = start(CustomerId="jane").connect()
    arn = f"arn:aws:connect:us-east-1:123456789012:instance/{instance}"
    assert get("contacts", chat.id, "transcript", of=arn) == get("contacts", chat.id, "transcript")
    assert get("customers", "jane", "chats", of=arn) == get("customers", "jane", "chats")
