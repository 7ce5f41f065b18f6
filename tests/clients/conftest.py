"""Actors of the stories: a backend that signs, customers with their tokens. Both are stock boto3 clients with another endpoint."""

import json
import os
import uuid
from contextlib import contextmanager

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

FLOW = "846ec553-a005-41c0-8341-0123456789ab"
SURVEY = "survey"  # the disconnect flow of the local server, and of tests/lambda.env
REGION = "us-east-1"
ACCESS_KEY_ID = os.environ.get("CHAT_ACCESS_KEY_ID", "local")
# Where WebSockets open; empty for a service that has none.
WEBSOCKET_URL = os.environ.get("WEBSOCKET_URL", "")
SECRET_ACCESS_KEY = os.environ.get("CHAT_SECRET_ACCESS_KEY", "local")


def pytest_configure(config):
    if not os.environ.get("ENDPOINT"):
        pytest.exit("ENDPOINT names no server: run tests/clients/with-local python -m pytest tests/clients", returncode=2)


@pytest.fixture(scope="session")
def endpoint():
    return os.environ["ENDPOINT"].rstrip("/")


@pytest.fixture(scope="session")
def client(endpoint):
    """Makes stock clients: client("connect"), with another secret, unsigned, or without botocore's own checks of parameters."""

    def make(service, access_key_id=ACCESS_KEY_ID, secret=SECRET_ACCESS_KEY, signed=True, validated=True):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret,
            config=Config(parameter_validation=validated, **({} if signed else {"signature_version": UNSIGNED})),
        )

    return make


@pytest.fixture(scope="session")
def connect(client):
    """What a backend calls Amazon Connect with."""
    return client("connect")


@pytest.fixture(scope="session")
def unsigned(client):
    """The same of somebody nobody knows."""
    return client("connect", signed=False)


@pytest.fixture(scope="session")
def participant(client):
    """What participants call: their tokens are all that counts."""
    return client("connectparticipant", signed=False)


@pytest.fixture
def instance():
    """An instance of the test's own."""
    return str(uuid.uuid4())


@pytest.fixture
def start(connect, participant, instance):
    """Starts a chat: start(SourceContactId=..., RehydrationType=..., any other member of the request)."""

    def start(by=connect, **members):
        persistent = {k: members.pop(k) for k in ("SourceContactId", "RehydrationType") if k in members}
        if persistent:
            members["PersistentChat"] = persistent
        request = {"InstanceId": instance, "ContactFlowId": FLOW, "ParticipantDetails": {"DisplayName": "Jane"}} | members
        return Chat(connect, participant, request["InstanceId"], by.start_chat_contact(**request))

    return start


class Participant:
    """Somebody who takes part in a chat."""

    def __init__(self, participant, participant_id, participant_token):
        self._participant = participant
        self.participant_id = participant_id
        self.participant_token = participant_token
        self.connection_token = None

    def connect(self):
        answer = self._participant.create_participant_connection(
            ParticipantToken=self.participant_token, Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"]
        )
        self.connection_token = answer["ConnectionCredentials"]["ConnectionToken"]
        return self

    def say(self, content, **members):
        request = {"ConnectionToken": self.connection_token, "ContentType": "text/plain", "Content": content} | members
        return self._participant.send_message(**request)

    def signal(self, event, **members):
        content_type = f"application/vnd.amazonaws.connect.event.{event}"
        return self._participant.send_event(ConnectionToken=self.connection_token, ContentType=content_type, **members)

    def note(self, event, message, **members):
        """Says that a message was delivered or read, in chatjs' words."""
        return self.signal(event, Content=json.dumps({"messageId": message["Id"]}), **members)

    def leave(self, **members):
        return self._participant.disconnect_participant(ConnectionToken=self.connection_token, **members)

    def page(self, **members):
        return self._participant.get_transcript(ConnectionToken=self.connection_token, **members)

    def pages(self, **members):
        """Pages until there is no NextToken."""
        while True:
            page = self.page(**members)
            yield page["Transcript"]
            if not page.get("NextToken"):
                return
            # StartPosition says where the first page starts, and nothing else.
            members = {k: v for k, v in members.items() if k != "StartPosition"} | {"NextToken": page["NextToken"]}

    def history(self, size=100):
        """Everything the chat shows, oldest first."""
        items = [item for page in self.pages(ScanDirection="BACKWARD", MaxResults=size) for item in page]
        return items[::-1]


class Chat(Participant):
    """A chat that was started, as its customer."""

    def __init__(self, connect, participant, instance, started):
        super().__init__(participant, started["ParticipantId"], started["ParticipantToken"])
        self._connect = connect
        self.instance = instance
        self.started = started
        self.id = started["ContactId"]

    def of(self, operation, **members):
        """Calls an operation that names the chat's instance and contact."""
        return getattr(self._connect, operation)(**{"InstanceId": self.instance, "ContactId": self.id} | members)

    def end(self):
        self.of("stop_contact")
        return self

    def transfer(self, contact, flow=FLOW, **members):
        """Transfers one of the chat's contacts, and gives the next one."""
        return self.of("transfer_contact", ContactId=contact, ContactFlowId=flow, **members)["ContactId"]

    def invite(self, role, name, **members):
        """Somebody who is to take part."""
        details = {"ParticipantRole": role, "DisplayName": name}
        answer = self.of("create_participant", **{"ParticipantDetails": details} | members)
        return Participant(self._participant, answer["ParticipantId"], answer["ParticipantCredentials"]["ParticipantToken"])

    def agent(self, name="Ann", **members):
        """An agent, connected."""
        return self.invite("AGENT", name, **members).connect()

    def describe(self, contact=None):
        return self.of("describe_contact", ContactId=contact or self.id)["Contact"]

    def attributes(self):
        return self._connect.get_contact_attributes(InstanceId=self.instance, InitialContactId=self.id)["Attributes"]

    def update(self, attributes, **members):
        request = {"InstanceId": self.instance, "InitialContactId": self.id, "Attributes": attributes} | members
        return self._connect.update_contact_attributes(**request)

    def associate(self, source, rehydration, **members):
        """Links a past to the running chat, and gives the contact that it continues."""
        request = {"InstanceId": self.instance, "InitialContactId": self.id, "SourceContactId": source, "RehydrationType": rehydration}
        return self._connect.create_persistent_contact_association(**request | members)["ContinuedFromContactId"]


def contents(items):
    return [item["Content"] for item in items if item["Type"] == "MESSAGE"]


@contextmanager
def refused(client, name, status, modelled=True):
    """The call fails with the client's own exception of this name, at once: no SDK is made to try again.

    What all AWS services say of a bad signature stands in no service's model.
    """
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value
    assert (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]) == (name, status), str(error)
    assert isinstance(error, getattr(client.exceptions, name) if modelled else ClientError)
    assert error.response["Error"]["Message"]
    assert error.response["ResponseMetadata"]["RequestId"]
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0
