"""What browsers and hand-written clients send, that no AWS SDK does."""

import json
import uuid

import pytest
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from conftest import FLOW, contents

UNKNOWN = "00000000-0000-8000-8000-000000000000"
ASKED_BY_BROWSERS = "authorization,content-type,x-amz-bearer,x-amz-content-sha256,x-amz-date,x-amz-user-agent"


@pytest.fixture
def call(endpoint):
    def call(method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return URLLib3Session().send(AWSRequest(method, endpoint + path, headers, data).prepare())

    return call


def widget(instance, **members):
    return {"InstanceId": instance, "ContactFlowId": FLOW, "ParticipantDetails": {"DisplayName": "Cust"}} | members


def test_the_chat_widget_starts_a_chat_and_continues_it(call, instance, participant, connect):
    answer = call("POST", "/contact/chat", widget(instance, Username="cust", Attributes={"a": "1"}), Content_Type="text/plain;charset=UTF-8")
    assert answer.status_code == 200, answer.text
    data = json.loads(answer.text)["data"]
    assert set(data["featurePermissions"]) >= {"MESSAGING_MARKDOWN"}
    first = data["startChatResult"]
    token = participant.create_participant_connection(ParticipantToken=first["ParticipantToken"], Type=["CONNECTION_CREDENTIALS"])
    connection = token["ConnectionCredentials"]["ConnectionToken"]
    participant.send_message(ConnectionToken=connection, ContentType="text/plain", Content="Hello")
    connect.stop_contact(InstanceId=instance, ContactId=first["ContactId"])

    persistent = {"SourceContactId": first["ContactId"], "RehydrationType": "FROM_SEGMENT"}
    answer = call("POST", "/contact/chat", widget(instance, PersistentChat=persistent), Content_Type="text/plain;charset=UTF-8")
    second = json.loads(answer.text)["data"]["startChatResult"]
    assert second["ContinuedFromContactId"] == first["ContactId"]
    token = participant.create_participant_connection(ParticipantToken=second["ParticipantToken"], Type=["CONNECTION_CREDENTIALS"])
    connection = token["ConnectionCredentials"]["ConnectionToken"]
    page = participant.get_transcript(ConnectionToken=connection)
    assert contents(page["Transcript"]) == ["Hello"]


def test_49_every_answer_is_json_with_a_request_id(call, instance):
    start = {"InstanceId": instance, "ContactFlowId": FLOW, "ParticipantDetails": {"DisplayName": "Jane"}}
    for method, path, body, status, error in (
        ("PUT", "/contact/chat", start, 200, None),
        ("PUT", "/contact/chat", None, 400, "InvalidRequestException"),
        ("PUT", "/contact/chat", b"{", 400, "InvalidRequestException"),
        ("PUT", "/contact/chat", b"[" * 10_000, 400, "InvalidRequestException"),
        ("POST", "/contact/chat", b"", 400, "InvalidRequestException"),
        ("POST", "/contact/stop", {"InstanceId": instance, "ContactId": str(uuid.uuid4())}, 403, "AccessDeniedException"),
        ("POST", "/participant/connection", {}, 403, "AccessDeniedException"),
        ("POST", "/participant/message", b"{", 403, "AccessDeniedException"),
        ("POST", "/participant/transcript", {}, 403, "AccessDeniedException"),
        ("POST", "/participant/disconnect", {}, 403, "AccessDeniedException"),
        ("POST", "/participant/event", {"ContentType": "text/plain"}, 403, "AccessDeniedException"),
        ("POST", "/contact/transfer", {}, 403, "AccessDeniedException"),
        ("POST", "/contact/create-participant", {}, 403, "AccessDeniedException"),
        ("POST", "/contact/attributes", {}, 403, "AccessDeniedException"),
        ("POST", f"/contact/persistent-contact-association/{instance}/{UNKNOWN}", {}, 403, "AccessDeniedException"),
        ("GET", f"/contact/attributes/{instance}/{UNKNOWN}", None, 403, "AccessDeniedException"),
        ("GET", f"/contacts/{instance}/{UNKNOWN}", None, 403, "AccessDeniedException"),
        ("GET", f"/contacts/{instance}/{UNKNOWN}/transcript", None, 403, "AccessDeniedException"),
        ("GET", f"/customers/{instance}/jane/chats", None, 403, "AccessDeniedException"),
    ):
        answer = call(method, path, body)
        said = json.loads(answer.text)
        assert (answer.status_code, said.get("__type")) == (status, error), (method, path, body, answer.text)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["x-amzn-RequestId"]
        if error:
            assert answer.headers["x-amzn-ErrorType"] == error
            assert said["message"] == said["Message"] != ""


def test_47_a_body_is_json_whatever_its_content_type(call, instance):
    for content_type in ("application/json", "text/plain;charset=UTF-8", "application/octet-stream", "image/png"):
        assert call("PUT", "/contact/chat", widget(instance), Content_Type=content_type).status_code == 200
    # (Of binary types only: cargo lambda itself refuses a text that is not UTF-8.)
    answer = call("PUT", "/contact/chat", b'"\xff"', Content_Type="application/octet-stream")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")


def test_a_transcript_is_kept_by_no_cache(call, start):
    chat = start().connect()
    answer = call("POST", "/participant/transcript", {}, X_AMZ_BEARER=chat.connection_token)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_84_a_widget_that_knows_no_source_starts_a_plain_chat(call, instance):
    for persistent in ({}, None, "", {"SourceContactId": None, "RehydrationType": "ENTIRE_PAST_SESSION"}, {"SourceContactId": "", "RehydrationType": ""}):
        answer = call("POST", "/contact/chat", widget(instance, PersistentChat=persistent), Content_Type="text/plain;charset=UTF-8")
        assert answer.status_code == 200, answer.text
        assert "ContinuedFromContactId" not in json.loads(answer.text)["data"]["startChatResult"]


def test_85_a_byte_order_mark_before_a_body_is_passed_over(call, instance):
    body = b"\xef\xbb\xbf" + json.dumps(widget(instance)).encode()
    assert call("PUT", "/contact/chat", body, Content_Type="application/json").status_code == 200
