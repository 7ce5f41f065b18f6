"""Amazon Connect's own worked example of persistent chat, row by row, with stock boto3 clients.

On C1 the customer talks to the agent Ann, a transfer leads to C2 and the agent Bob, Bob leaves, the disconnect flow's survey is C3,
and then the session ends (https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html).
"""

import pytest
from conftest import SURVEY, refused

SEGMENT, ENTIRE = "FROM_SEGMENT", "ENTIRE_PAST_SESSION"

# What stands on each contact, newest first.
SHOWN = {
    "C1": ["transfer.succeeded", "Ann: participant.left", "Ann: Bob knows more.", "Jane: My parcel has not come."]
    + ["Ann: participant.joined", "Ann: participant.invited", "Jane: participant.joined"],
    "C2": ["transfer.succeeded", "Bob: participant.left", "Bob: It comes today.", "Jane: Where is it?"]
    + ["Bob: participant.joined", "Bob: participant.invited"],
    "C3": ["chat.ended", "Jane: participant.left", "Jane: Five stars."],
}


def line(item):
    said = item["Content"] if item["Type"] == "MESSAGE" else item["ContentType"].split(".event.")[1]
    return f"{item['DisplayName']}: {said}" if "DisplayName" in item else said


@pytest.fixture
def survey(start):
    """The example while C3 is still active: the chat, and the names of its contacts."""
    chat = start().connect()
    ann = chat.agent("Ann")
    chat.say("My parcel has not come.")
    ann.say("Bob knows more.")
    ann.leave()
    second = chat.transfer(chat.id)
    bob = chat.agent("Bob", ContactId=second)
    chat.say("Where is it?")
    bob.say("It comes today.")
    bob.leave()
    third = chat.transfer(second, flow=SURVEY)
    chat.say("Five stars.")
    return chat, {"C1": chat.id, "C2": second, "C3": third}


@pytest.fixture
def ended(survey):
    """The example, over."""
    chat, contacts = survey
    chat.leave()
    return contacts


@pytest.mark.parametrize(
    ("source", "rehydration", "continued", "past"),
    [
        ("C2", SEGMENT, "C2", ["C2", "C1"]),
        ("C1", ENTIRE, "C3", ["C3", "C2", "C1"]),
        ("C1", SEGMENT, "C1", ["C1"]),
        ("C3", SEGMENT, "C3", ["C3", "C2", "C1"]),
    ],
)
def test_what_is_continued_and_what_of_the_past_is_shown(start, ended, source, rehydration, continued, past):
    chat = start(SourceContactId=ended[source], RehydrationType=rehydration).connect()
    chat.say("Me again.")
    assert chat.started["ContinuedFromContactId"] == ended[continued]
    described = chat.describe()
    assert described["RelatedContactId"] == ended[continued]
    assert described["InitialContactId"] == chat.id
    assert "PreviousContactId" not in described

    newest_first = [item for page in chat.pages(ScanDirection="BACKWARD", SortOrder="DESCENDING", MaxResults=4) for item in page]
    assert all(("ContactId" in item) != ("RelatedContactId" in item) for item in newest_first)
    present = [(item["ContactId"], line(item)) for item in newest_first if "ContactId" in item]
    assert present == [(chat.id, "Jane: Me again."), (chat.id, "Jane: participant.joined")]
    shown = [(item["RelatedContactId"], line(item)) for item in newest_first[len(present) :]]
    assert shown == [(ended[name], text) for name in past for text in SHOWN[name]]
    times = [item["AbsoluteTime"] for item in newest_first]
    assert times == sorted(set(times), reverse=True)


def test_the_entire_session_is_asked_for_by_its_initial_contact(start, connect, ended):
    for source in ("C2", "C3"):
        with refused(connect, "InvalidRequestException", 400) as error:
            start(SourceContactId=ended[source], RehydrationType=ENTIRE)
        assert ended["C1"] in str(error.value)


def test_nothing_is_continued_while_c3_is_active(start, connect, survey):
    chat, contacts = survey
    for source, rehydration in [(name, SEGMENT) for name in contacts] + [("C1", ENTIRE)]:
        with refused(connect, "InvalidRequestException", 400) as error:
            start(SourceContactId=contacts[source], RehydrationType=rehydration)
        assert contacts["C3"] in str(error.value)
    for source in ("C2", "C3"):
        with refused(connect, "InvalidRequestException", 400):
            start(SourceContactId=contacts[source], RehydrationType=ENTIRE)
    chat.leave()
    start(SourceContactId=contacts["C2"], RehydrationType=SEGMENT)


def test_the_contacts_of_the_session_are_described_as_one_chain(survey):
    chat, contacts = survey
    assert "DisconnectTimestamp" not in chat.describe(contacts["C3"])
    chat.leave()
    for name, previous, method, reason in (
        ("C1", None, "API", None),
        ("C2", "C1", "TRANSFER", "AGENT_DISCONNECT"),
        ("C3", "C2", "DISCONNECT", "CUSTOMER_DISCONNECT"),
    ):
        described = chat.describe(contacts[name])
        assert described["Id"] == contacts[name]
        assert described["InitialContactId"] == contacts["C1"]
        assert described.get("PreviousContactId") == contacts.get(previous)
        assert (described["InitiationMethod"], described.get("DisconnectReason")) == (method, reason)
        assert "RelatedContactId" not in described
        assert described["InitiationTimestamp"] < described["DisconnectTimestamp"]
