"""Agents, bots and supervisors with stock boto3 clients: who takes part, and who has read what."""

import uuid

from conftest import contents, refused

DELIVERED, READ = "message.delivered", "message.read"
PREFIX = "application/vnd.amazonaws.connect.event."


def events(items):
    return [item["ContentType"].removeprefix(PREFIX) for item in items if item["Type"] == "EVENT"]


def receipts(items):
    """The receipts of each message: what it says, and for whom which of the two times are there."""
    return [
        (item["Content"], sorted(key for receipt in item.get("MessageMetadata", {}).get("Receipts", []) for key in receipt))
        for item in items
        if item["Type"] == "MESSAGE"
    ]


def test_everybody_who_takes_part_reads_the_same_past(start):
    source = start().connect()
    source.agent("Ann").say("How can I help?")
    source.leave()
    chat = start(SourceContactId=source.id, RehydrationType="ENTIRE_PAST_SESSION").connect()
    chat.say("Me again.")
    everybody = [chat.invite(role, role).connect() for role in ("AGENT", "CUSTOM_BOT", "SUPERVISOR", "SYSTEM")]
    for somebody in everybody:
        somebody.say("Hello")
    history = chat.history()
    assert contents(history) == ["How can I help?", "Me again."] + ["Hello"] * 4
    assert [item["ParticipantRole"] for item in history[-4:]] == ["AGENT", "CUSTOM_BOT", "SUPERVISOR", "SYSTEM"]
    assert [item["ParticipantId"] for item in history[-4:]] == [somebody.participant_id for somebody in everybody]
    assert all(somebody.history() == history for somebody in everybody)


def test_62_an_agent_leaves_and_the_chat_goes_on(start, participant):
    chat = start().connect()
    ann = chat.agent()
    token = str(uuid.uuid4())
    ann.leave(ClientToken=token)
    ann.leave(ClientToken=token)
    for call in (ann.connect, ann.page, ann.leave, lambda: ann.say("Hello?")):
        with refused(participant, "AccessDeniedException", 403):
            call()
    chat.say("Still here")
    assert events(chat.history()) == ["participant.joined", "participant.invited", "participant.joined", "participant.left"]


def test_61_six_take_part_and_one_of_them_is_the_customer(start, connect):
    chat = start().connect()
    agents = [chat.agent(f"Agent {n}") for n in range(5)]
    with refused(connect, "ServiceQuotaExceededException", 402):
        chat.agent("one too many")
    agents[0].leave()
    chat.agent("in her place").say("Hello")
    with refused(connect, "InvalidRequestException", 400):
        chat.invite("CUSTOMER", "John")
    # The operation models no InvalidParameterException.
    with refused(connect, "InvalidRequestException", 400) as error:
        chat.invite("JUGGLER", "John")
    assert "ParticipantRole" in str(error.value)


def test_an_invitation_is_repeated_with_its_client_token(start):
    chat = start().connect()
    token = str(uuid.uuid4())
    ann, again = (chat.agent("Ann", ClientToken=token) for _ in range(2))
    assert ann.participant_id == again.participant_id
    assert events(chat.history()) == ["participant.joined", "participant.invited", "participant.joined"]


def test_nobody_is_asked_into_a_chat_that_is_unknown_or_over(start, connect):
    chat = start().connect()
    with refused(connect, "ResourceNotFoundException", 404):
        chat.agent(ContactId=str(uuid.uuid4()))
    chat.end()
    with refused(connect, "InvalidRequestException", 400):
        chat.agent()


# ------------------------------------------------------------------------------------------------------------------ events


def test_receipts_stand_beside_the_message(start):
    chat = start().connect()
    ann = chat.agent()
    first, second = chat.say("one"), chat.say("two")
    delivered = ann.note(DELIVERED, first)
    read = ann.note(READ, first)
    ann.note(DELIVERED, second)
    history = chat.history()
    who, both = "RecipientParticipantId", ["DeliveredTimestamp", "ReadTimestamp", "RecipientParticipantId"]
    assert receipts(history) == [("one", both), ("two", ["DeliveredTimestamp", who])]
    assert next(item for item in history if item.get("Content") == "one")["MessageMetadata"] == {
        "MessageId": first["Id"],
        "Receipts": [
            {"DeliveredTimestamp": delivered["AbsoluteTime"], "ReadTimestamp": read["AbsoluteTime"], who: ann.participant_id}
        ],
    }
    assert ann.history() == history
    again = ann.note(DELIVERED, first)
    assert (again["Id"], again["AbsoluteTime"]) == (delivered["Id"], delivered["AbsoluteTime"])


def test_receipts_have_constant_client_tokens_and_none_is_swallowed(start):
    chat = start().connect()
    ann = chat.agent()
    for n in range(3):
        message = chat.say(str(n))
        ann.note(DELIVERED, message, ClientToken="INCOMING_DELIVERED_RECEIPT")
        ann.note(READ, message, ClientToken="INCOMING_READ_RECEIPT")
    assert all(len(of) == 3 for _, of in receipts(chat.history()))


def test_receipts_are_refused_with_more_than_two_active_participants(start, participant):
    chat = start().connect()
    ann = chat.agent()
    message = chat.say("Hello")
    boss = chat.invite("SUPERVISOR", "Boss").connect()
    for event in (DELIVERED, READ):
        with refused(participant, "ConflictException", 409):
            ann.note(event, message)
    boss.leave()
    ann.note(READ, message)
    assert receipts(chat.history()) == [("Hello", ["ReadTimestamp", "RecipientParticipantId"])]


def test_66_receipts_for_anything_else_are_taken_and_not_kept(start):
    source = start().connect()
    past = source.say("before")
    source.leave()
    chat = start(SourceContactId=source.id, RehydrationType="FROM_SEGMENT").connect()
    chat.agent()
    own = chat.say("Hello")
    for message in (past, own, {"Id": chat.history()[-2]["Id"]}, {"Id": str(uuid.uuid4())}):
        assert set(chat.note(READ, message)) >= {"Id", "AbsoluteTime"}
    assert receipts(chat.history()) == [("before", []), ("Hello", [])]


def test_typing_is_not_kept_and_other_events_are_refused(start, participant):
    chat = start().connect()
    ann = chat.agent()
    for event in ("typing", "connection.acknowledged"):
        assert set(ann.signal(event)) >= {"Id", "AbsoluteTime"}
    message = chat.say("Hello")
    for event, members in (
        ("participant.joined", {}),
        ("message.read", {}),
        ("message.read", {"Content": "no json"}),
        ("message.read", {"Content": "{}"}),
        ("message.delivered", {"Content": "x" * 16_385}),
    ):
        with refused(participant, "ValidationException", 400):
            ann.signal(event, **members)
    assert receipts(chat.history()) == [("Hello", [])]
    chat.end()
    for event, members in (("typing", {}), ("message.read", {"Content": '{"messageId":"%s"}' % message["Id"]})):
        with refused(participant, "AccessDeniedException", 403):
            ann.signal(event, **members)


def test_80_a_participant_without_a_name_is_shown_by_the_name_of_the_role(start):
    chat = start().connect()
    chat.of("create_participant", ParticipantDetails={"ParticipantRole": "CUSTOM_BOT"})
    assert chat.history()[-1]["DisplayName"] == "CUSTOM_BOT"


def test_81_an_authentication_session_is_taken(start, participant):
    chat = start(ConnectionTypes=["AUTHENTICATION_SESSION", "CONNECTION_CREDENTIALS"])
    assert chat.started["ConnectionCredentials"]["ConnectionToken"]
    answer = participant.create_participant_connection(ParticipantToken=chat.participant_token, Type=["AUTHENTICATION_SESSION"])
    assert not {"Websocket", "ConnectionCredentials"} & answer.keys()
    with refused(participant, "ValidationException", 400):
        participant.create_participant_connection(ParticipantToken=chat.participant_token)


def test_83_the_content_of_an_event_is_not_empty(start, client, participant):
    chat = start().connect()
    lenient = client("connectparticipant", signed=False, validated=False)
    typing = {"ConnectionToken": chat.connection_token, "ContentType": PREFIX + "typing"}
    with refused(lenient, "ValidationException", 400):
        lenient.send_event(**typing, Content="")
    participant.send_event(**typing)


def test_86_after_the_customers_exit_a_refusal_names_the_surveys_contact(start, connect):
    chat = start(DisconnectOnCustomerExit=["AGENT"]).connect()
    chat.agent()
    chat.leave()
    with refused(connect, "InvalidRequestException", 400) as error:
        chat.invite("CUSTOM_BOT", "Survey")
    survey = str(error.value).split()[-1]
    assert chat.describe(survey)["PreviousContactId"] == chat.id
    with refused(connect, "InvalidRequestException", 400) as error:
        chat.transfer(chat.id)
    assert survey in str(error.value)
    chat.invite("CUSTOM_BOT", "Survey", ContactId=survey).connect().say("How was it?")
    assert contents(chat.history()) == ["How was it?"]
