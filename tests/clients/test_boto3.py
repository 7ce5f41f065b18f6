"""Stories with stock boto3 clients. The numbers are those of the table of decisions in the documentation."""

import json
import uuid
from datetime import datetime, timedelta, timezone

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from conftest import ACCESS_KEY_ID, FLOW, REGION, SECRET_ACCESS_KEY, WEBSOCKET_URL, contents, refused

SEGMENT, ENTIRE = "FROM_SEGMENT", "ENTIRE_PAST_SESSION"
UNKNOWN = "00000000-0000-8000-8000-000000000000"
JOINED, LEFT, ENDED = (
    f"application/vnd.amazonaws.connect.event.{event}" for event in ("participant.joined", "participant.left", "chat.ended")
)
CJK = "\u6f22"  # three bytes of UTF-8, and six on the wire, since boto3 escapes it


def times(items):
    return [item["AbsoluteTime"] for item in items]


def ids(items):
    return [item["Id"] for item in items]


# ------------------------------------------------------------------------------------------------------- the whole story


def test_a_chat_ends_is_continued_and_its_past_is_paged_back(start):
    first = start(InitialMessage={"ContentType": "text/plain", "Content": "Hello"}).connect()
    assert "ContinuedFromContactId" not in first.started
    for text in ("My parcel is late", "It is number 4711"):
        first.say(text)
    assert contents(first.history()) == ["Hello", "My parcel is late", "It is number 4711"]
    first.end()

    second = start(SourceContactId=first.id, RehydrationType=ENTIRE).connect()
    assert second.started["ContinuedFromContactId"] == first.id
    assert second.participant_id != first.participant_id
    second.say("Hello again")

    page = second.page(SortOrder="ASCENDING")
    assert contents(page["Transcript"]) == ["Hello", "My parcel is late", "It is number 4711", "Hello again"]
    assert page["InitialContactId"] == second.id
    assert "NextToken" not in page
    past, present = page["Transcript"][:-2], page["Transcript"][-2:]
    assert {item["ContactId"] for item in present} == {second.id}
    assert not any("RelatedContactId" in item for item in present)
    assert {item["RelatedContactId"] for item in past} == {first.id}
    assert not any("ContactId" in item for item in past)
    assert past[-1]["ContentType"] == ENDED
    assert not {"ParticipantId", "DisplayName", "ParticipantRole"} & past[-1].keys()

    # A page that the new chat fills leads there.
    page = second.page(MaxResults=2)
    assert contents(page["Transcript"]) == ["Hello again"]
    rest = second.page(NextToken=page["NextToken"], ScanDirection="BACKWARD", SortOrder="ASCENDING")
    assert rest["Transcript"] == past
    assert rest["InitialContactId"] == second.id
    assert "NextToken" not in rest

    seen = second.history()
    assert times(seen) == sorted(set(times(seen)))
    assert len(set(ids(seen))) == len(seen)
    message = next(item for item in seen if item.get("Content") == "My parcel is late")
    assert (message["ParticipantId"], message["DisplayName"], message["ParticipantRole"]) == (first.participant_id, "Jane", "CUSTOMER")


def test_a_send_returns_the_id_and_time_that_the_transcript_shows(start):
    chat = start().connect()
    sent = chat.say("Hello")
    item = chat.history()[-1]
    assert (item["Id"], item["AbsoluteTime"]) == (sent["Id"], sent["AbsoluteTime"])


def test_a_connection_lasts_and_says_where_its_websocket_opens(start, participant):
    chat = start()
    answer = participant.create_participant_connection(
        ParticipantToken=chat.participant_token, Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"]
    )
    assert answer["Websocket"]["Url"].partition("?token=")[0] == WEBSOCKET_URL
    expiry = datetime.fromisoformat(answer["ConnectionCredentials"]["Expiry"])
    assert timedelta(hours=23) < expiry - datetime.now(timezone.utc) <= timedelta(hours=24, minutes=1)


def test_a_participant_token_connects_again_and_the_customer_joins_once(start):
    chat = start().connect().connect()
    assert [item["ContentType"] for item in chat.history()] == [JOINED]


def test_from_segment_shows_the_source_and_all_that_it_showed(start):
    first = start().connect()
    first.say("one")
    first.end()
    second = start(SourceContactId=first.id, RehydrationType=SEGMENT).connect()
    second.say("two")
    second.leave()
    third = start(SourceContactId=second.id, RehydrationType=SEGMENT).connect()
    third.say("three")
    history = third.history()
    assert contents(history) == ["one", "two", "three"]
    assert [item.get("RelatedContactId") for item in history if item["Type"] == "MESSAGE"] == [first.id, second.id, None]
    assert [item["ContentType"] for item in history if item.get("RelatedContactId") == second.id][-2:] == [LEFT, ENDED]


def test_7_two_chats_continued_from_one_source_never_see_each_other(start):
    source = start().connect()
    source.say("common")
    source.end()
    left, right = (start(SourceContactId=source.id, RehydrationType=ENTIRE).connect() for _ in range(2))
    left.say("left")
    right.say("right")
    assert contents(left.history()) == ["common", "left"]
    assert contents(right.history()) == ["common", "right"]


def test_attributes_of_the_source_are_carried_over_within_the_limit(start, connect):
    half = {"a": "x" * 16_383}
    source = start(Attributes=half).connect().end()
    start(SourceContactId=source.id, RehydrationType=ENTIRE, Attributes={"b": "y" * 16_383})
    with refused(connect, "InvalidRequestException", 400):
        start(SourceContactId=source.id, RehydrationType=ENTIRE, Attributes={"b": "y" * 16_384})
    start(SourceContactId=source.id, RehydrationType=ENTIRE, Attributes={"a": "z" * 32_767})


# ------------------------------------------------------------------------------------------------------------ refused sources


@pytest.mark.parametrize("rehydration", [SEGMENT, ENTIRE])
def test_1_an_active_source_is_refused_and_the_answer_names_it(start, connect, rehydration):
    active = start().connect()
    with refused(connect, "InvalidRequestException", 400) as error:
        start(SourceContactId=active.id, RehydrationType=rehydration)
    assert active.id in str(error.value)
    active.say("still here")
    active.end()
    start(SourceContactId=active.id, RehydrationType=rehydration)


def test_2_unknown_foreign_and_malformed_sources_are_refused_in_the_same_words(start, connect):
    owned = start(CustomerId="jane").end()
    elsewhere = start(InstanceId=str(uuid.uuid4())).end()
    said = set()
    for source, owner in (
        (UNKNOWN, "jane"),
        (str(uuid.uuid4()), "jane"),
        ("no id of ours", "jane"),
        ("x" * 256, "jane"),
        (elsewhere.id, "jane"),
        (owned.id, "john"),
    ):
        with refused(connect, "ResourceNotFoundException", 404) as error:
            start(SourceContactId=source, RehydrationType=SEGMENT, CustomerId=owner)
        said.add(error.value.response["Error"]["Message"])
    assert len(said) == 1
    start(SourceContactId=owned.id, RehydrationType=SEGMENT, CustomerId="jane")


def test_a_continued_chat_has_the_owner_of_its_source(start, connect, unsigned):
    source = start(CustomerId="jane").end()
    with refused(connect, "ResourceNotFoundException", 404):
        start(by=unsigned, SourceContactId=source.id, RehydrationType=SEGMENT)
    inherited = start(SourceContactId=source.id, RehydrationType=SEGMENT).end()
    with refused(connect, "ResourceNotFoundException", 404):
        start(SourceContactId=inherited.id, RehydrationType=SEGMENT, CustomerId="john")


def test_5_a_persistent_chat_needs_both_members_and_no_related_contact(start, connect):
    source = start().end()
    for members in (
        {"SourceContactId": source.id},
        {"RehydrationType": SEGMENT},
        {"SourceContactId": source.id, "RehydrationType": SEGMENT, "RelatedContactId": source.id},
    ):
        with refused(connect, "InvalidRequestException", 400):
            start(**members)


def test_6_what_no_parameter_may_be_is_an_invalid_parameter_that_is_named(start, connect):
    source = start().end()
    for member, members in (
        ("RehydrationType", {"SourceContactId": source.id, "RehydrationType": "FROM_THE_START"}),
        ("SourceContactId", {"SourceContactId": "x" * 257, "RehydrationType": SEGMENT}),
        ("InstanceId", {"InstanceId": "x" * 101}),
        ("ContactFlowId", {"ContactFlowId": "x" * 501}),
        ("ClientToken", {"ClientToken": "x" * 501}),
        ("DisplayName", {"ParticipantDetails": {"DisplayName": "x" * 257}}),
        ("ChatDurationInMinutes", {"ChatDurationInMinutes": 10_081}),
        ("SupportedMessagingContentTypes", {"SupportedMessagingContentTypes": ["text/markdown"]}),
        ("InitialMessage", {"InitialMessage": {"ContentType": "text/plain", "Content": "x" * 16_385}}),
        ("Attributes", {"Attributes": {"not a key": "x"}}),
        ("CustomerId", {"CustomerId": "x" * 129}),
    ):
        with refused(connect, "InvalidParameterException", 400) as error:
            start(**members)
        assert member in str(error.value)


# ------------------------------------------------------------------------------------------------------------ after the end


def test_tokens_are_dead_after_the_end(start, participant):
    chat = start().connect()
    chat.end()
    for call in (
        chat.connect,
        chat.page,
        chat.leave,
        lambda: chat.say("Hello?"),
    ):
        with refused(participant, "AccessDeniedException", 403):
            call()


def test_29_a_next_token_given_before_the_end_stays_good(start, participant):
    chat = start().connect()
    for n in range(3):
        chat.say(str(n))
    first = chat.page(MaxResults=1)
    chat.end()
    second = chat.page(MaxResults=1, NextToken=first["NextToken"])
    assert contents(first["Transcript"] + second["Transcript"]) == ["2", "1"]
    with refused(participant, "AccessDeniedException", 403):
        chat.page(MaxResults=1)


def test_40_stop_contact(start, connect, instance):
    chat = start().connect()
    assert connect.stop_contact(InstanceId=instance, ContactId=chat.id)["ResponseMetadata"]["HTTPStatusCode"] == 200
    connect.stop_contact(InstanceId=instance, ContactId=chat.id)
    for contact in (UNKNOWN, str(uuid.uuid4()), "no id of ours"):
        with refused(connect, "ContactNotFoundException", 410):
            connect.stop_contact(InstanceId=instance, ContactId=contact)
    shown = start(SourceContactId=chat.id, RehydrationType=SEGMENT).connect().history()
    assert [item["ContentType"] for item in shown if "RelatedContactId" in item] == [JOINED, ENDED]


def test_an_instance_is_its_arn(start, instance):
    arn = f"arn:aws:connect:us-east-1:123456789012:instance/{instance}"
    source = start(InstanceId=arn)
    source.end()
    start(SourceContactId=source.id, RehydrationType=SEGMENT)


# ------------------------------------------------------------------------------------------------------------ who is calling


def test_a_wrong_secret_or_an_unknown_key_is_denied(client, instance):
    for key, secret, error in (
        (ACCESS_KEY_ID, "wrong", "InvalidSignatureException"),
        ("unknown", SECRET_ACCESS_KEY, "UnrecognizedClientException"),
    ):
        wrong = client("connect", access_key_id=key, secret=secret)
        with refused(wrong, error, 403, modelled=False):
            wrong.start_chat_contact(InstanceId=instance, ContactFlowId=FLOW, ParticipantDetails={"DisplayName": "Jane"})
        with refused(wrong, error, 403, modelled=False):
            wrong.stop_contact(InstanceId=instance, ContactId=UNKNOWN)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_signature_of_another_time_is_denied(start, connect, monkeypatch, minutes):
    then = (datetime.now(timezone.utc) + timedelta(minutes=minutes)).replace(tzinfo=None)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: then)
    with refused(connect, "InvalidSignatureException", 403, modelled=False):
        start()


def test_an_altered_body_is_denied(client, instance):
    tampering = client("connect")

    def alter(request, **_):
        request.body = request.body.replace(b"Jane", b"John")

    tampering.meta.events.register("before-send.connect.*", alter)
    with refused(tampering, "InvalidSignatureException", 403, modelled=False):
        tampering.start_chat_contact(InstanceId=instance, ContactFlowId=FLOW, ParticipantDetails={"DisplayName": "Jane"})


@pytest.mark.parametrize(("scope", "status"), [("connect", 200), ("execute-api", 200), ("s3", 403), ("Connect", 403)])
def test_the_scope_of_a_signature_is_connect_or_execute_api(endpoint, instance, scope, status):
    body = json.dumps({"InstanceId": instance, "ContactFlowId": FLOW, "ParticipantDetails": {"DisplayName": "Jane"}})
    request = AWSRequest("PUT", f"{endpoint}/contact/chat", {"Content-Type": "application/json"}, body)
    botocore.auth.SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), scope, REGION).add_auth(request)
    answer = URLLib3Session().send(request.prepare())
    assert answer.status_code == status, answer.text


def test_nobody_known_may_start_a_chat_of_nobody_and_do_no_more(start, unsigned, instance):
    chat = start(by=unsigned).connect()
    with refused(unsigned, "AccessDeniedException", 403):
        unsigned.stop_contact(InstanceId=instance, ContactId=chat.id)
    with refused(unsigned, "InvalidRequestException", 400):
        start(by=unsigned, CustomerId="jane")
    chat.end()
    again = start(by=unsigned, SourceContactId=chat.id, RehydrationType=ENTIRE)
    assert again.started["ContinuedFromContactId"] == chat.id


def test_44_a_client_token_of_nobody_known_must_be_a_random_uuid(start, unsigned):
    for token in ("1", str(uuid.uuid1()), "x" * 36):
        with refused(unsigned, "InvalidParameterException", 400):
            start(by=unsigned, ClientToken=token)
    token = str(uuid.uuid4())
    first = start(by=unsigned, ClientToken=token)
    assert start(by=unsigned, ClientToken=token).id == first.id
    first.end()
    with refused(unsigned, "InvalidRequestException", 400):
        start(by=unsigned, ClientToken=token)


def test_a_token_is_good_for_its_own_purpose_only(start, participant):
    chat = start().connect()
    connection, token = chat.connection_token, chat.participant_token
    with refused(participant, "AccessDeniedException", 403):
        participant.create_participant_connection(ParticipantToken=connection, Type=["CONNECTION_CREDENTIALS"])
    for wrong in (token, "x", connection[:-1], connection + "A", connection[:8] + ("A" if connection[8] != "A" else "B") + connection[9:]):
        chat.connection_token = wrong
        for call in (chat.page, chat.leave, lambda: chat.say("Hello")):
            with refused(participant, "AccessDeniedException", 403):
                call()
    chat.connection_token = connection
    assert contents(chat.history()) == []


def test_a_participants_signature_is_ignored(client, start):
    chat = start().connect()
    wrong = client("connectparticipant", secret="wrong")
    assert wrong.get_transcript(ConnectionToken=chat.connection_token)["InitialContactId"] == chat.id


# ---------------------------------------------------------------------------------------------------------------- retries


def test_42_the_same_client_token_starts_one_chat(start, connect):
    token = str(uuid.uuid4())
    first, again = (start(ClientToken=token, Attributes={"a": "1"}) for _ in range(2))
    assert (again.id, again.participant_id) == (first.id, first.participant_id)
    first.connect().say("from the first")
    again.connect().say("from the second")
    assert contents(first.history()) == ["from the first", "from the second"]
    with refused(connect, "InvalidRequestException", 400):
        start(ClientToken=token, Attributes={"a": "2"})
    assert start(ClientToken=token, Attributes={"a": "1"}, InstanceId=str(uuid.uuid4())).id != first.id
    first.end()
    assert start(ClientToken=token, Attributes={"a": "1"}).id == first.id


def test_42_a_resume_is_repeated_with_its_client_token(start):
    source = start().end()
    request = {"ClientToken": str(uuid.uuid4()), "SourceContactId": source.id, "RehydrationType": ENTIRE}
    first = start(**request)
    again = start(**request)
    assert (again.id, again.started["ContinuedFromContactId"]) == (first.id, source.id)


def test_42_the_same_client_token_sends_one_message(start, participant):
    chat = start().connect()
    token = str(uuid.uuid4())
    first = chat.say("Hello", ClientToken=token)
    chat.say("in between")
    again = chat.say("Hello", ClientToken=token)
    assert (again["Id"], again["AbsoluteTime"]) == (first["Id"], first["AbsoluteTime"])
    assert contents(chat.history()) == ["Hello", "in between"]
    # 43: another text is another message.
    assert chat.say("Bye", ClientToken=token)["Id"] != first["Id"]
    chat.end()
    again = chat.say("Hello", ClientToken=token)
    assert (again["Id"], again["AbsoluteTime"]) == (first["Id"], first["AbsoluteTime"])
    with refused(participant, "AccessDeniedException", 403):
        chat.say("Hello", ClientToken=str(uuid.uuid4()))


def test_42_a_disconnect_is_repeated_with_its_client_token(start, participant):
    chat = start().connect()
    token = str(uuid.uuid4())
    chat.leave(ClientToken=token)
    chat.leave(ClientToken=token)
    with refused(participant, "AccessDeniedException", 403):
        chat.leave()


# ----------------------------------------------------------------------------------------------------------------- limits


def test_48_a_message_of_any_type_has_16384_bytes(start, participant, connect):
    types = ("text/plain", "text/markdown", "application/json", "application/vnd.amazonaws.connect.message.interactive.response")
    chat = start(SupportedMessagingContentTypes=types).connect()
    longest = CJK * 5461 + "x"
    for content_type in types:
        for text in (longest, "\U0001f642" * 4096, "\0", "\u2028"):
            chat.say(text, ContentType=content_type)
            assert chat.history()[-1]["Content"] == text
        with refused(participant, "ValidationException", 400) as error:
            chat.say(longest + "x", ContentType=content_type)
        assert "Content must have 1 to 16384 bytes, not 16385" in str(error.value)
        initial = {"ContentType": content_type, "Content": longest}
        first = start(SupportedMessagingContentTypes=types, InitialMessage=initial).connect()
        assert contents(first.history()) == [longest]
        with refused(connect, "InvalidParameterException", 400):
            start(SupportedMessagingContentTypes=types, InitialMessage=initial | {"Content": longest + "x"})


def test_contents_that_no_message_can_have(start, participant):
    chat = start().connect()
    for members in (
        {"content": "x" * 16_385},
        {"content": "\ud800"},
        {"ContentType": "image/png"},
        {"ContentType": "text/markdown"},  # the chat was not started with it
        {"ClientToken": "x" * 501},
    ):
        with refused(participant, "ValidationException", 400):
            chat.say(**{"content": "Hello"} | members)
    assert contents(chat.history()) == []


def test_82_attributes_hold_32768_bytes(start, connect):
    start(Attributes={"k": CJK * 10_922 + "x"})
    chat = start(Attributes={"a": "1"})
    for call in (start, lambda Attributes: chat.update(Attributes)):
        with refused(connect, "InvalidParameterException", 400):
            call(Attributes={"k": CJK * 10_922 + "xx"})
    with refused(connect, "InvalidParameterException", 400):
        chat.update({"k": CJK * 10_922 + "x"})


def test_87_an_instance_that_no_path_can_name_has_no_chats(start, connect):
    for instance in (".", ".."):
        with refused(connect, "ResourceNotFoundException", 404):
            start(InstanceId=instance)


def test_47_a_body_over_512_kib_is_refused(start, connect):
    with refused(connect, "InvalidRequestException", 400):
        start(Attributes={"k": "x" * 524_288})


# -------------------------------------------------------------------------------------------------------------- transcript


def test_26_27_what_get_transcript_refuses(start, participant):
    source = start().connect()
    source.say("past")
    source.end()
    chat = start(SourceContactId=source.id, RehydrationType=ENTIRE).connect()
    other = start(SourceContactId=source.id, RehydrationType=ENTIRE).connect()
    page = chat.page(MaxResults=1)
    token, item = page["NextToken"], page["Transcript"][0]["Id"]
    position = {"Id": item}
    for members in (
        {"MaxResults": 101},
        {"ScanDirection": "SIDEWAYS"},
        {"SortOrder": "SIDEWAYS"},
        {"ScanDirection": "FORWARD"},
        {"ScanDirection": "FORWARD", "StartPosition": {}},
        {"StartPosition": position | {"MostRecent": 1}},
        {"StartPosition": {"AbsoluteTime": "yesterday"}},
        {"StartPosition": {"MostRecent": 101}},
        {"StartPosition": position, "NextToken": token},
        {"NextToken": token, "ScanDirection": "FORWARD"},
        {"NextToken": token[:-1]},
        {"NextToken": ("A" if token[0] != "A" else "B") + token[1:]},
        {"NextToken": other.page(MaxResults=1)["NextToken"]},
        {"NextToken": chat.connection_token},
    ):
        with refused(participant, "ValidationException", 400):
            chat.page(**members)
    # What chatjs sends on every page.
    assert contents(chat.page(NextToken=token, StartPosition={}, ScanDirection="BACKWARD")["Transcript"]) == ["past"]


def test_24_25_where_a_transcript_starts(start):
    source = start().connect()
    source.say("past")
    source.end()
    chat = start(SourceContactId=source.id, RehydrationType=ENTIRE).connect()
    for n in range(5):
        chat.say(str(n))
    items = chat.history()
    past, current = items[:-6], items[-6:]

    def found(**members):
        return [item["Id"] for item in chat.page(SortOrder="ASCENDING", MaxResults=3, **members)["Transcript"]]

    # BACKWARD is the default without a position, FORWARD with one; both count the item itself.
    assert found() == ids(current[-3:])
    assert found(StartPosition={"Id": current[2]["Id"]}) == ids(current[2:5])
    assert found(StartPosition={"Id": current[2]["Id"]}, ScanDirection="BACKWARD") == ids(current[:3])
    assert found(StartPosition={"AbsoluteTime": current[2]["AbsoluteTime"]}) == ids(current[2:5])
    assert found(StartPosition={"AbsoluteTime": current[2]["AbsoluteTime"]}, ScanDirection="BACKWARD") == ids(current[:3])
    for newest in (0, 1):
        assert found(StartPosition={"MostRecent": newest}) == ids(current[-1:])
    assert found(StartPosition={"MostRecent": 4}) == ids(current[2:5])
    assert found(StartPosition={"MostRecent": 4}, ScanDirection="BACKWARD") == ids(current[:3])
    assert found(ContactId=chat.id) == ids(current[-3:])
    # Nothing of the past, nothing unknown.
    assert found(StartPosition={"Id": past[0]["Id"]}) == []
    assert found(StartPosition={"Id": str(uuid.uuid4())}) == []
    assert found(StartPosition={"Id": "no id of ours"}) == []
    assert found(ContactId=source.id) == []
    assert found(ContactId=str(uuid.uuid4())) == []


def test_the_default_page_has_the_ten_newest_items_newest_first(start):
    chat = start().connect()
    for n in range(12):
        chat.say(str(n))
    assert contents(chat.page()["Transcript"]) == [str(n) for n in range(11, 1, -1)]
    assert contents(chat.page(MaxResults=0)["Transcript"]) == [str(n) for n in range(11, 1, -1)]
    assert contents(chat.page(SortOrder="ASCENDING")["Transcript"]) == [str(n) for n in range(2, 12)]


def test_pages_of_any_size_joined_are_all_that_was_said(start):
    said, source = [], {}
    for session, count in enumerate((7, 0, 12, 1)):
        chat = start(**source).connect()
        for n in range(count):
            said.append(f"{session}/{n}")
            chat.say(said[-1])
        source = {"SourceContactId": chat.id, "RehydrationType": SEGMENT if session % 2 else ENTIRE}
        if session < 3:
            chat.end()

    whole = chat.history()
    assert contents(whole) == said
    assert times(whole) == sorted(set(times(whole)))
    assert len(set(ids(whole))) == len(whole)
    current = [item for item in whole if "ContactId" in item]
    for size in (1, 2, 3, 5, 8, 13, 100):
        for order in ("ASCENDING", "DESCENDING"):
            pages = list(chat.pages(ScanDirection="BACKWARD", SortOrder=order, MaxResults=size))
            # 20: a page goes on into the past, so only the last one is short.
            assert all(len(page) == size for page in pages[:-1])
            assert 0 < len(pages[-1]) <= size
            oldest_first = [page if order == "ASCENDING" else page[::-1] for page in pages]
            assert [item for page in oldest_first[::-1] for item in page] == whole

            pages = list(chat.pages(ScanDirection="FORWARD", SortOrder=order, MaxResults=size, StartPosition={"Id": current[0]["Id"]}))
            oldest_first = [page if order == "ASCENDING" else page[::-1] for page in pages]
            assert [item for page in oldest_first for item in page] == current


def test_pages_stay_whole_while_messages_arrive(start):
    chat = start().connect()
    for n in range(9):
        chat.say(str(n))
    seen = []
    for page in chat.pages(ScanDirection="BACKWARD", MaxResults=2):
        seen += page
        chat.say("late")
    assert contents(seen) == [str(n) for n in range(8, -1, -1)]
