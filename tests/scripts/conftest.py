"""Fixtures for tests of the scripts."""

import socket

import pytest


@pytest.fixture
def unused_tcp_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
