"""What a function talks to when it starts: Lambda's runtime interface, Secrets Manager and DynamoDB, each as little as it takes.

They answer at once and always the same, so that what is measured is the function.
"""

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECRET = "measured-with-a-secret-of-32-letters-or-more"
SECRETS = {
    "signing": json.dumps({"signs_with": "1", "1": SECRET}),
    "ids": SECRET,
    "access": json.dumps({"backend-1": SECRET}),
}


class Answering(BaseHTTPRequestHandler):
    """One connection: it is kept open, and writes no log."""

    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece and at once.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def serving(handler: type[Answering], context: ssl.SSLContext | None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


@dataclass
class Runtime:
    """Lambda's runtime interface for one process and one event. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

    A request that tells how far the process has come is held, so that the process stands still while it is looked at.
    """

    event: bytes
    ready: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    path: str = ""
    answer: str = ""

    def __post_init__(self) -> None:
        runtime = self

        class Handler(Answering):
            def do_GET(self) -> None:
                if runtime.answered.is_set():
                    threading.Event().wait()
                runtime.ready.set()
                runtime.goes_on.wait()
                about = {
                    "Lambda-Runtime-Aws-Request-Id": "one",
                    "Lambda-Runtime-Deadline-Ms": "9999999999999",
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:start-chat",
                }
                self.answer(runtime.event, about)

            def do_POST(self) -> None:
                runtime.path, runtime.answer = self.path, self.read().decode()
                runtime.answered.set()
                threading.Event().wait()

        self.server = serving(Handler, None)

    def address(self) -> str:
        return "127.0.0.1:{}".format(self.server.server_address[1])


@dataclass
class Aws:
    """Secrets Manager and DynamoDB at one address, by HTTPS where there is a certificate."""

    certificate: Path | None
    connections: int = 0

    def __post_init__(self) -> None:
        aws = self

        class Handler(Answering):
            def setup(self) -> None:
                aws.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.read()
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                self.answer(json.dumps(ANSWERS[operation](json.loads(body))).encode(), {})

        context = None
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            context.set_alpn_protocols(["http/1.1"])
        self.server = serving(Handler, context)

    def url(self) -> str:
        scheme = "https" if self.certificate else "http"
        return "{}://127.0.0.1:{}".format(scheme, self.server.server_address[1])


ANSWERS: dict[str, Callable[[dict[str, str]], dict[str, object]]] = {
    "GetSecretValue": lambda asked: {"Name": asked["SecretId"], "SecretString": SECRETS[asked["SecretId"]]},
    # Nothing has ever been written, and whatever is written is taken.
    "Query": lambda asked: {"Items": [], "Count": 0, "ScannedCount": 0},
    "PutItem": lambda asked: {},
}
