"""AWS's own service models: every operation of both APIs is here or refused by name, and what members may hold is what the models say."""

import json
import os
import re
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from conftest import FLOW

ROOT = Path(__file__).parents[2]
APIS = {"connect": "InvalidRequestException", "connectparticipant": "ValidationException"}
ARN = "arn:aws:connect:us-east-1:123456789012:instance/12345678-1234-1234-1234-123456789012"

behind_no_gateway = pytest.mark.skipif(
    os.environ.get("SERVER") != "local", reason="a gateway answers by itself where it has no route: such a call meets no function"
)


@cache
def model(api):
    return botocore.session.get_session().get_service_model(api)


def operations(api):
    """Name, method and path of every operation of an API."""
    every = [model(api).operation_model(name) for name in model(api).operation_names]
    return {(each.name, each.http["method"], each.http["requestUri"]) for each in every}


def not_here():
    lines = (ROOT / "shared/api/src/unsupported/operations.txt").read_text().splitlines()
    assert len(set(lines)) == len(lines)
    return {tuple(line.split(" ")) for line in lines}


def test_46a_every_operation_of_both_models_is_here_or_known_not_to_be():
    connect, participant = (operations(api) for api in APIS)
    assert not connect & participant
    assert not_here() < connect | participant
    # The path says of which API an operation is.
    assert {path.startswith("/participant/") for _, _, path in connect} == {False}
    assert {path.startswith("/participant/") for _, _, path in participant} == {True}
    # What is left is served at the same method and path.
    paths = json.loads((ROOT / "shared/docs/openapi.json").read_text())["paths"]
    served = {(said["operationId"], method.upper(), path) for path, item in paths.items() for method, said in item.items()}
    left = (connect | participant) - not_here()
    assert len(left) == 13
    assert left <= served


@behind_no_gateway
@pytest.mark.parametrize("api, error", APIS.items())
def test_46a_what_is_not_here_is_refused_by_name(endpoint, api, error):
    for name, method, template in operations(api) & not_here():
        for label in ("id", ARN.replace(":", "%3A").replace("/", "%2F")):
            path = re.sub(r"\{[^}]*\}", label, template)
            answer = URLLib3Session().send(AWSRequest(method, endpoint + path, {}, b"").prepare())
            said = json.loads(answer.text)
            assert (answer.status_code, said["__type"]) == (400, error), (method, path, answer.text)
            assert said["message"] == said["Message"] == f"{name} is not supported here"
            assert answer.headers["x-amzn-ErrorType"] == error
            assert answer.headers["x-amzn-RequestId"]


@behind_no_gateway
def test_46a_an_sdk_raises_what_its_model_has_for_it(connect, participant):
    with pytest.raises(connect.exceptions.InvalidRequestException, match="StartContactRecording is not supported here"):
        tracks = {"VoiceRecordingTrack": "ALL"}
        connect.start_contact_recording(InstanceId="i", ContactId="c", InitialContactId="c", VoiceRecordingConfiguration=tracks)
    with pytest.raises(participant.exceptions.ValidationException, match="DescribeView is not supported here"):
        participant.describe_view(ViewToken="v", ConnectionToken="t")


@behind_no_gateway
def test_46a_a_path_that_is_none_of_connects_is_named(endpoint):
    for method, path in (("POST", "/contact/start-recordings"), ("GET", "/participant/message"), ("DELETE", "/contact/chat")):
        answer = URLLib3Session().send(AWSRequest(method, endpoint + path, {}, b"").prepare())
        said = json.loads(answer.text)
        assert (answer.status_code, said["__type"]) == (404, "UnknownOperationException")
        assert said["message"] == f"There is no operation at {method} {path}"


# ------------------------------------------------------------------------------------------------------------ members


# What a model allows and is refused, by operation and member: on purpose. None stands for the member's absence.
REFUSED = {
    # A chat has a flow, though none runs.
    ("StartChatContact", "ContactFlowId"): [""],
    ("TransferContact", "ContactFlowId"): [""],
    # The model has no length. No queue's ARN is longer than other ids.
    ("TransferContact", "QueueId"): ["", "x" * 2_000],
    # Row 5: both or none.
    ("StartChatContact", "PersistentChat.RehydrationType"): [None],
    ("StartChatContact", "PersistentChat.SourceContactId"): [None],
    # A participant without a role could do nothing, and a chat has one customer (row 61).
    ("CreateParticipant", "ParticipantDetails.ParticipantRole"): [None, "CUSTOMER"],
    # Row 81a: without a type it must be said that a participant connects.
    ("CreateParticipantConnection", "Type"): [None, ["WEBRTC_CONNECTION"]],
    # Row 46: known, and not supported.
    ("StartChatContact", "ConnectionTypes"): [["WEBRTC_CONNECTION"]],
    ("StartChatContact", "ParticipantConfiguration.ResponseMode"): ["INCREMENTAL"],
    ("CreateParticipant", "ParticipantDetails.ParticipantCapabilities.Video"): ["SEND"],
    ("CreateParticipant", "ParticipantDetails.ParticipantCapabilities.ScreenShare"): ["SEND"],
    # "Content types must always contain text/plain", says the API reference.
    ("StartChatContact", "SupportedMessagingContentTypes"): [[]],
}
# Refused by name as a whole (row 46).
UNSUPPORTED = ("RelatedContactId", "SegmentAttributes", "ChatStreamingConfiguration", "DisconnectReason")
# Texts of which the API reference says more than a length: what is said here is only too short or too long.
OF_A_FORM = ("ContentType", "NextToken", "AbsoluteTime")


def members(shape, path=()):
    """The path of every member that is no credential, with its shape and whether it is required."""
    for name, member in shape.members.items():
        if member.serialization.get("location") == "header" or name in UNSUPPORTED:
            continue
        yield (*path, name), member, name in shape.required_members
        if member.type_name == "structure":
            yield from members(member, (*path, name))


def values(member, required):
    """Values on and beyond each limit of a member, each with whether the model allows it."""
    limits = member.metadata
    in_path = member.serialization.get("location") == "uri"
    if not in_path:
        yield None, not required
    match member.type_name:
        case "string" if "enum" in limits:
            yield from ((name, True) for name in limits["enum"])
            yield from ((name, False) for name in ("", "NONE_OF_THEM"))
        case "string":
            least, most = limits.get("min", 0), limits.get("max", 2_000)
            if not in_path:
                yield "", least == 0
            yield "x", True
            yield "x" * most, True
            yield from [("x" * (most + 1), False)] if "max" in limits else []
        case "integer":
            yield from ((limits[end], True) for end in ("min", "max"))
            yield from ((limits[end] + step, False) for end, step in (("min", -1), ("max", 1)))
        case "boolean":
            yield from ((value, True) for value in (True, False))
        case "list":
            names = member.member.metadata.get("enum", [])
            yield [], limits.get("min", 0) == 0
            yield ["NONE_OF_THEM"], False
            yield from (([name], True) for name in names)
            if "max" in limits:
                yield names[:1] * limits["max"], True
                yield names[:1] * (limits["max"] + 1), False
        case "map":
            longest_key, longest = member.key.metadata["max"], member.value.metadata["max"]
            yield from (({}, True), ({"k": ""}, True), ({"k": "x" * longest}, True), ({"x" * longest_key: ""}, True))
            yield from (({"": "x"}, False), ({"k": "x" * (longest + 1)}, False), ({"x" * (longest_key + 1): ""}, False))
        case "structure":
            pass
        case other:
            raise AssertionError(f"a member of type {other}")


def with_value(request, path, value):
    """The request with a value at a path, or with nothing there."""
    name, *below = path
    request = dict(request)
    if below:
        request[name] = with_value(request.get(name, {}), below, value)
    elif value is None:
        request.pop(name, None)
    else:
        request[name] = value
    return request


@pytest.fixture
def good(start, instance):
    """A request of each operation that is taken."""

    def good(operation, member):
        chat = start().connect()
        bearer = {"ConnectionToken": chat.connection_token}
        contact = {"InstanceId": instance, "ContactId": chat.id}
        initial = {"InstanceId": instance, "InitialContactId": chat.id}
        source = {"SourceContactId": start().end().id, "RehydrationType": "FROM_SEGMENT"}
        message = {"ContentType": "text/plain", "Content": "Hello"}
        match operation:
            case "StartChatContact":
                started = {"InstanceId": instance, "ContactFlowId": FLOW, "ParticipantDetails": {"DisplayName": "Jane"}}
                within = {"InitialMessage": message, "PersistentChat": source}
                return started | ({member: within[member]} if member in within else {})
            case "StopContact" | "DescribeContact":
                return contact
            case "TransferContact":
                return contact | {"ContactFlowId": FLOW}
            case "CreateParticipant":
                return contact | {"ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Ann"}}
            case "GetContactAttributes":
                return initial
            case "UpdateContactAttributes":
                return initial | {"Attributes": {"a": "b"}}
            case "CreatePersistentContactAssociation":
                return initial | source
            case "CreateParticipantConnection":
                return {"ParticipantToken": chat.participant_token, "Type": ["CONNECTION_CREDENTIALS"]}
            case "SendMessage":
                return bearer | message
            case "SendEvent":
                return bearer | {"ContentType": "application/vnd.amazonaws.connect.event.typing"}
            case "GetTranscript" if member == "ScanDirection":
                return bearer | {"StartPosition": {"MostRecent": 1}}
            case "GetTranscript" | "DisconnectParticipant":
                return bearer
        raise AssertionError(f"no request of {operation}")

    return good


HERE = sorted((api, name) for api in APIS for name, _, _ in operations(api) - not_here())


@pytest.mark.parametrize("api, name", HERE)
def test_6_members_are_held_to_what_the_models_say(client, good, api, name):
    caller = client(api, signed=api == "connect", validated=False)
    call = getattr(caller, re.sub("(?<!^)(?=[A-Z])", "_", name).lower())
    tried = 0
    for path, member, required in members(model(api).operation_model(name).input_shape):
        dotted = ".".join(path)
        for value, allowed in values(member, required):
            if allowed and path[-1] in OF_A_FORM and value is not None:
                continue
            tried += 1
            shown = f"{dotted} = {str(value)[:60]}"
            try:
                call(**with_value(good(name, path[0]), path, value))
            except ClientError as error:
                status, said = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Message"]
                if allowed and value not in REFUSED.get((name, dotted), []):
                    # An id may be of nothing that is there.
                    assert status in (404, 410) and "not found" in said, f"{shown}: {said}"
                else:
                    assert status == 400 and any(part in said for part in path), f"{shown}: {said}"
            else:
                assert allowed and value not in REFUSED.get((name, dotted), []), f"{shown}: taken"
    assert tried > 2, f"{tried} values were tried"
