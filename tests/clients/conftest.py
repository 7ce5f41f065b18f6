"""Actors of the stories: a backend that signs, customers with their tokens. Both are stock boto3 clients with another endpoint."""

import os
import uuid
from contextlib import contextmanager

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

FLOW = "846ec553-a005-41c0-8341-0123456789ab"
REGION = "us-east-1"
ACCESS_KEY_ID = os.environ.get("CHAT_ACCESS_KEY_ID", "local")
SECRET_ACCESS_KEY = os.environ.get("CHAT_SECRET_ACCESS_KEY", "local")


def pytest_configure(config):
    if not os.environ.get("ENDPOINT"):
        pytest.exit("ENDPOINT names no server: run tests/clients/with-local python -m pytest tests/clients", returncode=2)


@pytest.fixture(scope="session")
def endpoint():
    return os.environ["ENDPOINT"].rstrip("/")


@pytest.fixture(scope="session")
def client(endpoint):
    """Makes stock clients: client("connect"), with another secret, or unsigned."""

    def make(service, access_key_id=ACCESS_KEY_ID, secret=SECRET_ACCESS_KEY, signed=True):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret,
            config=None if signed else Config(signature_version=UNSIGNED),
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


class Chat:
    """A chat that was started, and its customer."""

    def __init__(self, connect, participant, instance, started):
        self._connect = connect
        self._participant = participant
        self.instance = instance
        self.started = started
        self.id = started["ContactId"]
        self.customer = started["ParticipantId"]
        self.participant_token = started["ParticipantToken"]
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

    def leave(self, **members):
        return self._participant.disconnect_participant(ConnectionToken=self.connection_token, **members)

    def end(self):
        self._connect.stop_contact(InstanceId=self.instance, ContactId=self.id)
        return self

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
