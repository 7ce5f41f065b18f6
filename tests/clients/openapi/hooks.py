"""What schemathesis must know of this service: who calls, by signature or token, and ids of chats that there are."""

import atexit
import json
import os
import zlib
from collections import Counter
from copy import deepcopy
from pathlib import Path

import jsonschema_rs
import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData

ENDPOINT = os.environ["ENDPOINT"].rstrip("/")
INSTANCE = "12345678-1234-1234-1234-123456789012"
KEY = Credentials(os.environ.get("CHAT_ACCESS_KEY_ID", "local"), os.environ.get("CHAT_SECRET_ACCESS_KEY", "local"))
# What a chat bears once, or a few times: after each of these calls comes a new one.
CHANGES = ("stop", "disconnect", "transfer", "association", "create-participant")

# What is said of well-formed requests: a token that is none of ours, members that do not go together, a chat as it is. No
# schema can say it.
IN_CONTEXT = (
    "The ClientToken was used for a request with other parameters",
    "must not be given with the disconnect flow",
    "must be a JSON object with the messageId of a message",
    " is not one of ",
    "must be that of the NextToken",
    "must not stand beside NextToken",
    "StartPosition is required with the ScanDirection FORWARD",
    "AbsoluteTime must be a time",
    "must be among SupportedMessagingContentTypes",
    "must not exceed 32768 bytes",
    "Content must have 1 to 16384 bytes",
)
DOCUMENT = json.loads((Path(__file__).parents[3] / "shared/docs/openapi.json").read_text())
CONTENT_TYPES = DOCUMENT["components"]["schemas"]["ContentType"]["enum"]

session = requests.Session()


class Caller(requests.auth.AuthBase):
    """Signs what backends call, and gives participants the token of the chat at hand, once the request is as it will be sent."""

    def __call__(self, request):
        if "/participant/" in request.url:
            connects = request.url.endswith("/connection")
            request.headers["X-Amz-Bearer"] = chat.participant_token if connects else chat.connection_token
            return request
        # Of the headers only the host, which must be covered: others may hold what no two sides write alike.
        signed = AWSRequest(method=request.method, url=request.url, data=request.body or b"")
        SigV4Auth(KEY, "connect", "us-east-1").add_auth(signed)
        request.headers.update(signed.headers.items())
        return request


class Chat:
    """A chat that runs, with its customer connected."""

    def __init__(self):
        members = {"InstanceId": INSTANCE, "ContactFlowId": "flow", "ParticipantDetails": {"DisplayName": "Jane"}}
        members |= {"ConnectionTypes": ["CONNECTION_CREDENTIALS"], "SupportedMessagingContentTypes": CONTENT_TYPES}
        answer = call("PUT", "/contact/chat", members, Caller())
        self.contact = answer["ContactId"]
        self.participant_token = answer["ParticipantToken"]
        self.connection_token = answer["ConnectionCredentials"]["ConnectionToken"]

    def say(self, content):
        message = {"ContentType": "text/plain", "Content": content}
        return self.post("/participant/message", message)["Id"]

    def post(self, path, members):
        return call("POST", path, members, lambda request: self.admit(request))

    def admit(self, request):
        request.headers["X-Amz-Bearer"] = self.connection_token
        return request


def call(method, path, members, auth):
    answer = session.request(method, ENDPOINT + path, json=members, auth=auth)
    assert answer.status_code == 200, answer.text
    return answer.json()


ended = Chat()
ended.say("in the past")
ended.post("/participant/disconnect", {})
# The chat that the next call is about, and what was said in it.
chat = Chat()
message = chat.say("hello")
spent = False

schemathesis.auth.set_from_requests(Caller())


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives calls the ids of what there is, wherever any id could stand: examples always, others in three of four cases."""
    global chat, message, spent
    if spent:
        chat = Chat()
        message = chat.say("hello")
    spent = any(word in case.operation.path for word in CHANGES)
    example = case.meta is not None and case.meta.phase.name == TestPhase.EXAMPLES
    living = {"ContactId": chat.contact, "InitialContactId": chat.contact, "SourceContactId": ended.contact, "Id": message}
    if "/contact/chat" not in case.operation.path:
        living["InstanceId"] = INSTANCE
    # Copies: cases share what they are made of.
    case.path_parameters, case.body = deepcopy(case.path_parameters), deepcopy(case.body)
    places = [case.path_parameters, case.body]
    if isinstance(case.body, dict):
        places += [case.body.get("PersistentChat"), case.body.get("StartPosition")]
        if names_message(case.body):
            case.body["Content"] = json.dumps({"messageId": message})
    for place in filter(lambda place: isinstance(place, dict), places):
        for name, value in living.items():
            if is_id(place.get(name)) and (example or zlib.crc32(place[name].encode(errors="replace")) % 4):
                place[name] = value


def is_id(value):
    """What is wrong on purpose stays as it is."""
    return isinstance(value, str) and 1 <= len(value) <= 100 and "/" not in value


def names_message(body):
    try:
        return is_id(json.loads(body["Content"])["messageId"])
    except (TypeError, ValueError, KeyError):
        return False


# How often each reason not to call something a failure was given, told at the end.
left_out = Counter()


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Leaves out what the document says in prose."""
    reason = excuse(failure, case, response)
    if reason:
        left_out[reason] += 1
    return reason is None


def excuse(failure, case, response):
    """Why this is no failure, if it is none."""
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        message = response.json()["message"]
        return next((f"refused: {words.strip()}" for words in IN_CONTEXT if words in message), None)
    if isinstance(failure, AcceptedNegativeData):
        if case.meta.phase.data.description == "Positive test case":
            # Made to be right, and taken for wrong since an ARN in a path is held to its pattern once it is encoded.
            return "taken: an encoded ARN"
        sent = without_nulls(case.body)
        if sent != case.body and is_valid(case, sent):
            return "taken: a member that is null is absent"
        if (case.operation.path, case.method.upper()) == ("/contact/chat", "POST"):
            said = without_empty_texts(sent)
            if said != sent and is_valid(case, said):
                return "taken: a widget's member that is an empty text is absent"
    return None


@atexit.register
def tell():
    for reason, count in sorted(left_out.items()):
        print(f"left out {count:4}  {reason}")


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return value


def without_empty_texts(request):
    """Of a widget's request, and of its PersistentChat."""
    if not isinstance(request, dict):
        return request
    said = {name: member for name, member in request.items() if member != ""}
    if isinstance(said.get("PersistentChat"), dict):
        said["PersistentChat"] = {name: member for name, member in said["PersistentChat"].items() if member != ""}
    return said


def is_valid(case, body):
    operation = DOCUMENT["paths"][case.operation.path][case.method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return jsonschema_rs.is_valid({**schema, "components": DOCUMENT["components"]}, body)
