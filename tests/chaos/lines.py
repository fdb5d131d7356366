"""A light HTTP client for thousands of simulated devices in one process: asyncio protocols, one request at a time."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"


class LineBroken(ConnectionError):
    """The connection ended, or what came is not an answer: nothing is known of what the server did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server."""

    status: int
    headers: bytes
    body: bytes

    def json(self) -> dict[str, object]:
        """The body as an object; raises LineBroken for anything else, such as the page of a captive portal."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise LineBroken("no JSON") from error
        if not isinstance(found, dict):
            raise LineBroken("no object")
        return found


class _Wire(asyncio.Protocol):
    def __init__(self) -> None:
        self.buffer = b""
        self.waiter: asyncio.Future[Answer] | None = None
        self.transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(_HEAD_END)
        if not found:
            return
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            if rest.endswith(b"0\r\n\r\n"):
                self.buffer = b""
                self._give(Answer(int(head[9:12]), head, _joined(rest)))
            return
        start = lower.find(b"content-length:")
        length = int(lower[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        self._give(Answer(int(head[9:12]), head, rest[:length]))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(LineBroken("closed"))

    def _give(self, answer: Answer) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(answer)


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        length = int(size, 16)
        body, chunks = body + rest[:length], rest[length + 2 :] if length else b""
    return body


class Line:
    """One kept-alive connection to the server, opened again when it broke."""

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self.host, self.port = host, port
        self._wire: _Wire | None = None

    async def ask(self, request: bytes, *, seconds: float = 10.0) -> Answer:
        """Send one request and give its answer; raises LineBroken or TimeoutError, and then the connection is gone."""
        try:
            async with asyncio.timeout(seconds):
                wire = await self._connected()
                assert wire.transport is not None
                wire.waiter = asyncio.get_running_loop().create_future()
                wire.transport.write(request)
                return await wire.waiter
        except OSError as error:  # TimeoutError is one
            self.close()
            raise LineBroken(type(error).__name__) from error

    def close(self) -> None:
        """Drop the connection; the next question opens another."""
        if self._wire is not None and self._wire.transport is not None:
            self._wire.transport.abort()
        self._wire = None

    async def _connected(self) -> _Wire:
        if self._wire is None or self._wire.lost:
            _transport, self._wire = await asyncio.get_running_loop().create_connection(_Wire, self.host, self.port)
        return self._wire


def request_bytes(line: str, *, headers: Mapping[str, str] = {}, body: object = None) -> bytes:
    """One HTTP/1.1 request; `line` is method and path, `body` is sent as JSON, or as it is when it is bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    words = {"Host": "127.0.0.1", "Content-Length": str(len(content)), **headers}
    if body is not None:
        words.setdefault("Content-Type", "application/json")
    head = "".join(f"{name}: {value}\r\n" for name, value in words.items())
    return f"{line} HTTP/1.1\r\n{head}\r\n".encode() + content
