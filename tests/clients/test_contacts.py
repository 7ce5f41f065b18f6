"""Contacts with stock boto3 clients: transfers, descriptions, attributes, associations."""

import uuid
from datetime import datetime, timedelta, timezone

import pytest
from conftest import SURVEY, WEBSOCKET_URL, contents, refused

SEGMENT, ENTIRE = "FROM_SEGMENT", "ENTIRE_PAST_SESSION"
UNKNOWN = "00000000-0000-8000-8000-000000000000"


# --------------------------------------------------------------------------------------------------------------- transfers


def test_a_transfer_opens_the_next_contact_and_everybody_goes_on(start):
    chat = start().connect()
    ann = chat.agent()
    chat.say("one")
    second = chat.transfer(chat.id)
    chat.say("two")
    ann.say("three")
    history = chat.history()
    assert contents(history) == ["one", "two", "three"]
    assert ann.history() == history
    assert [item["ContactId"] for item in history if item["Type"] == "MESSAGE"] == [chat.id, second, second]
    assert contents(chat.page(ContactId=chat.id)["Transcript"]) == ["one"]


def test_40a_what_has_ended_is_not_transferred_and_what_does_not_exist_is_not_found(start, connect):
    chat = start().connect()
    second = chat.transfer(chat.id)
    with refused(connect, "InvalidRequestException", 400):
        chat.transfer(chat.id)
    for contact in (UNKNOWN, str(uuid.uuid4()), "no id of ours"):
        with refused(connect, "ResourceNotFoundException", 404):
            chat.transfer(contact)
    chat.leave()
    with refused(connect, "InvalidRequestException", 400):
        chat.transfer(second)


def test_60_where_a_transfer_leads_says_how_the_contact_came_about(start, connect):
    chat = start().connect()
    contact = chat.id
    for method, members in (
        ("TRANSFER", {}),
        ("TRANSFER", {"UserId": "ann"}),
        ("QUEUE_TRANSFER", {"QueueId": "parcels"}),
        ("DISCONNECT", {"flow": SURVEY}),
    ):
        contact = chat.transfer(contact, **members)
        described = chat.describe(contact)
        assert described["InitiationMethod"] == method
        assert described.get("QueueInfo", {}).get("Id") == members.get("QueueId")
    for members in ({"QueueId": "parcels", "UserId": "ann"}, {"flow": SURVEY, "QueueId": "parcels"}, {"flow": SURVEY, "UserId": "ann"}):
        with refused(connect, "InvalidRequestException", 400):
            chat.transfer(contact, **members)


def test_a_transfer_is_repeated_with_its_client_token(start):
    chat = start().connect()
    token = str(uuid.uuid4())
    second = chat.transfer(chat.id, ClientToken=token)
    chat.say("in between")
    assert chat.transfer(chat.id, ClientToken=token) == second


# ------------------------------------------------------------------------------------------------------------ descriptions


def test_a_description_has_times_and_what_the_chat_was_started_with(start, instance):
    before = datetime.now(timezone.utc)
    chat = start(CustomerId="jane", Attributes={"order": "4711"}).connect()
    described = chat.describe()
    assert described["Arn"].endswith(f":instance/{instance}/contact/{chat.id}")
    assert (described["Id"], described["InitialContactId"]) == (chat.id, chat.id)
    assert (described["Channel"], described["InitiationMethod"]) == ("CHAT", "API")
    assert (described["CustomerId"], described["Attributes"]) == ("jane", {"order": "4711"})
    assert not {"PreviousContactId", "RelatedContactId", "DisconnectTimestamp", "DisconnectReason"} & described.keys()
    assert before - timedelta(seconds=1) < described["InitiationTimestamp"] < datetime.now(timezone.utc) + timedelta(seconds=1)

    sent = datetime.fromisoformat(chat.say("Hello")["AbsoluteTime"])
    chat.end()
    over = chat.describe()
    assert over["InitiationTimestamp"] == described["InitiationTimestamp"] < sent < over["DisconnectTimestamp"]
    assert over["DisconnectReason"] == "API"
    assert over["LastUpdateTimestamp"] >= over["DisconnectTimestamp"]


def test_63_the_reason_says_who_ended_a_contact(start):
    left = start().connect()
    left.leave()
    assert left.describe()["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    chat = start().connect()
    second = chat.transfer(chat.id, flow=SURVEY)
    chat.agent(ContactId=second)
    third = chat.transfer(second, flow=SURVEY)
    fourth = chat.transfer(third)
    chat.end()
    chat.of("stop_contact", ContactId=fourth)
    reasons = [chat.describe(contact).get("DisconnectReason") for contact in (chat.id, second, third, fourth)]
    assert reasons == ["CONTACT_FLOW_DISCONNECT", "AGENT_DISCONNECT", None, "API"]


def test_62_the_customers_exit_leads_to_the_survey_where_that_was_asked_for(start, participant):
    chat = start(DisconnectOnCustomerExit=["AGENT"]).connect()
    ann = chat.agent()
    chat.leave()
    with refused(participant, "AccessDeniedException", 403):
        ann.say("Wait!")
    chat.say("Five stars.")
    survey = chat.history()[-1]["ContactId"]
    assert chat.describe()["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert chat.describe(survey)["InitiationMethod"] == "DISCONNECT"
    chat.leave()
    with refused(participant, "AccessDeniedException", 403):
        chat.say("Hello?")
    shown = start(SourceContactId=chat.id, RehydrationType=SEGMENT).connect().history()
    assert contents(shown) == []


def test_what_does_not_exist_is_not_described(start, connect):
    chat = start()
    for contact in (UNKNOWN, str(uuid.uuid4()), "no id of ours"):
        with refused(connect, "ResourceNotFoundException", 404):
            chat.describe(contact)
    with refused(connect, "ResourceNotFoundException", 404):
        chat.of("describe_contact", InstanceId=str(uuid.uuid4()))


def test_64_a_start_connects_its_customer(start, connect):
    chat = start(ConnectionTypes=["WEBSOCKET", "CONNECTION_CREDENTIALS"])
    assert chat.started["Websocket"]["Url"].partition("?token=")[0] == WEBSOCKET_URL
    chat.connection_token = chat.started["ConnectionCredentials"]["ConnectionToken"]
    chat.say("Hello")
    chat.connect()
    assert [item.get("Content") for item in chat.history()] == [None, "Hello"]
    with refused(connect, "InvalidParameterException", 400) as error:
        start(ConnectionTypes=["PIGEON"])
    assert "ConnectionTypes" in str(error.value)


# -------------------------------------------------------------------------------------------------------------- attributes


def test_65_attributes_are_added_replaced_and_removed_running_or_ended(start):
    chat = start(Attributes={"order": "4711", "lang": "de"}).connect()
    assert chat.attributes() == {"order": "4711", "lang": "de"}
    chat.update({"order": "4712", "vip": "yes", "lang": ""})
    assert chat.attributes() == chat.describe()["Attributes"] == {"order": "4712", "vip": "yes"}
    chat.end()
    chat.update({"vip": "", "stars": "5"})
    assert chat.attributes() == chat.describe()["Attributes"] == {"order": "4712", "stars": "5"}


def test_65_attributes_changed_after_the_end_are_not_carried_on(start):
    source = start(Attributes={"a": "1", "b": "1"}).connect()
    source.update({"b": "2"})
    source.end()
    source.update({"b": "3", "c": "3"})
    for rehydration in (SEGMENT, ENTIRE):
        chat = start(SourceContactId=source.id, RehydrationType=rehydration, Attributes={"a": "4"})
        assert chat.attributes() == {"a": "4", "b": "2"}


def test_attributes_have_their_limits(start, connect):
    chat = start(Attributes={"a": "x" * 32_000})
    chat.update({"b": "x" * 766})
    with refused(connect, "InvalidParameterException", 400):
        chat.update({"b": "x" * 767})
    with refused(connect, "InvalidParameterException", 400) as error:
        chat.update({"not a key": "x"})
    assert "Attributes" in str(error.value)
    with refused(connect, "ResourceNotFoundException", 404):
        chat.update({"a": "1"}, InitialContactId=UNKNOWN)
    with refused(connect, "ResourceNotFoundException", 404):
        connect.get_contact_attributes(InstanceId=chat.instance, InitialContactId=UNKNOWN)


# ------------------------------------------------------------------------------------------------------------ associations


def ended(start, text, **members):
    chat = start(**members).connect()
    chat.say(text)
    return chat.end()


def test_an_association_makes_the_past_readable_from_the_next_first_page_on(start):
    source = ended(start, "before")
    chat = start().connect()
    chat.say("one")
    chat.say("two")
    first = chat.page(MaxResults=1)
    assert "RelatedContactId" not in chat.describe()
    assert chat.associate(source.id, ENTIRE) == source.id
    assert chat.describe()["RelatedContactId"] == source.id
    assert contents(chat.history()) == ["before", "one", "two"]
    # A token from before keeps its border.
    rest = chat.page(NextToken=first["NextToken"], MaxResults=100)
    assert contents(rest["Transcript"]) == ["one"]
    assert "NextToken" not in rest


@pytest.mark.parametrize("rehydration", [SEGMENT, ENTIRE])
def test_8_a_chat_has_one_association_however_often_it_is_asked_for(start, connect, rehydration):
    source, other = ended(start, "before"), ended(start, "other")
    chat = start().connect()
    for _ in range(2):
        assert chat.associate(source.id, rehydration) == source.id
    another = SEGMENT if rehydration == ENTIRE else ENTIRE
    for wrong in ((source.id, another), (other.id, rehydration)):
        with refused(connect, "InvalidRequestException", 400):
            chat.associate(*wrong)
    persistent = start(SourceContactId=source.id, RehydrationType=rehydration)
    with refused(connect, "InvalidRequestException", 400):
        persistent.associate(source.id, rehydration)
    assert contents(chat.history()) == ["before"]


def test_8a_an_owned_past_is_for_its_owner_alone(start, connect):
    owned = ended(start, "mine", CustomerId="jane")
    said = set()
    for chat in (start(), start(CustomerId="john")):
        for source in (owned.id, UNKNOWN):
            with refused(connect, "ResourceNotFoundException", 404) as error:
                chat.associate(source, SEGMENT)
            said.add(error.value.response["Error"]["Message"])
    assert len(said) == 1
    with refused(connect, "ResourceNotFoundException", 404):
        start(CustomerId="jane").associate(ended(start, "nobody's").id, SEGMENT)
    start(CustomerId="jane").associate(owned.id, SEGMENT)


def test_an_association_refuses_what_a_start_refuses(start, connect):
    source, active = ended(start, "before"), start().connect()
    second = active.transfer(active.id)
    chat = start()
    for rehydration in (SEGMENT, ENTIRE):
        with refused(connect, "InvalidRequestException", 400) as error:
            chat.associate(active.id, rehydration)
        assert second in str(error.value)
    with refused(connect, "InvalidParameterException", 400) as error:
        chat.associate(source.id, "FROM_THE_START")
    assert "RehydrationType" in str(error.value)
    with refused(connect, "ResourceNotFoundException", 404):
        chat.associate(source.id, SEGMENT, InitialContactId=UNKNOWN)
    with refused(connect, "InvalidRequestException", 400):
        source.associate(ended(start, "other").id, SEGMENT)


def test_69_every_operation_takes_an_instance_by_its_arn(start, instance):
    arn = f"arn:aws:connect:us-east-1:123456789012:instance/{instance}"
    source = ended(start, "before")
    chat = start(InstanceId=arn).connect()
    assert chat.instance == arn
    assert chat.associate(source.id, SEGMENT) == source.id
    chat.update({"a": "1"})
    assert chat.attributes() == {"a": "1"}
    chat.agent().say("Hello")
    second = chat.transfer(chat.id)
    assert chat.describe(second)["PreviousContactId"] == chat.id
    chat.of("stop_contact", ContactId=second)
