"""Local stand-ins at the network's edge: an SMTP server and a provider's HTTP interface, each in a thread of the test."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(slots=True)
class Mailbox:
    """What the SMTP server took. `refuses` maps an address to the code that it answers instead."""

    port: int = 0
    messages: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """RFC 5321 as far as a sender needs: EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            sender, recipients = "", []
            self.say("220 double ESMTP")
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("EHLO"):
                    self.say("250-double")
                    self.say("250 8BITMIME")
                elif verb.startswith("MAIL FROM:"):
                    sender, recipients = line[10:].split(">")[0].strip(" <"), []
                    self.say("250 ok")
                elif verb.startswith("RCPT TO:"):
                    address = line[8:].split(">")[0].strip(" <")
                    if address in box.refuses:
                        self.say(box.refuses[address])
                    else:
                        recipients.append(address)
                        self.say("250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    body = []
                    while (part := self.rfile.readline()) not in {b".\r\n", b""}:
                        body.append(part)
                    box.messages.append((sender, recipients, b"".join(body)))
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as port:
        box.port = port
        yield box


@dataclass(frozen=True, slots=True)
class Call:
    """One request that a provider received."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body).items()}


@dataclass(slots=True)
class Provider:
    """`answer` maps a call to (status, JSON); `calls` is what came."""

    answer: Callable[[Call], tuple[int, Any]]
    url: str = ""
    calls: list[Call] = field(default_factory=list)


@contextmanager
def http_provider(answer: Callable[[Call], tuple[int, Any]]) -> Iterator[Provider]:
    provider = Provider(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            place = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            call = Call(
                place.path,
                {name: values[0] for name, values in parse_qs(place.query).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length).decode(),
            )
            provider.calls.append(call)
            status, body = provider.answer(call)
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:
            """The test shows what matters."""

    with _serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        provider.url = f"http://127.0.0.1:{port}"
        yield provider


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
