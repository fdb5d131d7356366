"""Typed readers of the environment: a setting that cannot be right stops the start, and the message names it."""

import logging
import re
from collections.abc import Callable, Collection, Sequence
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

Value = TypeVar("Value")

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})
# As allauth and Django REST framework write them: 600/m/ip,5/5m/key and 600/min.
_SIGN_IN_RATE = re.compile(r"\d+/\d*[smhd](?:/(?:ip|key|user))?(?:,\d+/\d*[smhd](?:/(?:ip|key|user))?)*")
_API_RATE = re.compile(r"\d+/(?:s|sec|second|m|min|minute|h|hour|d|day)")


class Environment(environ.Env):
    """django-environ, strict: it reads `STAFF_MFA_REQUIRED=enabled` as false without a word, and hides names."""

    def switch(self, name: str, *, default: bool) -> bool:
        """On or off; nothing in between."""
        text = str(self.str(name, default=str(default))).strip().lower()
        if text not in _TRUE | _FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}")
        return text in _TRUE

    def number(self, name: str, *, default: int, at_least: int = 0) -> int:
        """A whole number from `at_least` upwards."""
        text = str(self.str(name, default=str(default))).strip()
        if not re.fullmatch(r"-?\d{1,12}", text) or int(text) < at_least:
            raise ImproperlyConfigured(f"{name} must be a whole number from {at_least} upwards, not {text!r}")
        return int(text)

    def numbers(self, name: str, *, default: Sequence[int]) -> list[int]:
        """Whole numbers from 0 upwards, separated by commas."""
        texts = [part.strip() for part in str(self.str(name, default=",".join(map(str, default)))).split(",")]
        if not all(re.fullmatch(r"\d{1,6}", text) for text in texts if text):
            raise ImproperlyConfigured(f"{name} must be whole numbers separated by commas")
        return [int(text) for text in texts if text]

    def address(self, name: str, *, default: str = "") -> str:
        """An http or https address without a slash at its end; empty where the default is."""
        text = str(self.str(name, default=default)).rstrip("/")
        parts = urlsplit(text)
        if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ImproperlyConfigured(f"{name} must begin with http:// or https:// and name a host")
        if default and not text:
            raise ImproperlyConfigured(f"{name} must not be empty")
        return text

    def sign_in_rate(self, name: str, *, default: str) -> str:
        """Rates of django-allauth, such as `300/m/ip,5/5m/key`."""
        return self._matching(name, default, _SIGN_IN_RATE)

    def api_rate(self, name: str, *, default: str) -> str:
        """A rate of Django REST framework, such as `600/min`."""
        return self._matching(name, default, _API_RATE)

    def dotted(self, name: str, *, default: str) -> str:
        """The dotted name of a class, in a module that exists; empty only where the default is."""
        text = str(self.str(name, default=default))
        module = text.rpartition(".")[0]
        if (text or default) and (not module or not _is_module(module)):
            raise ImproperlyConfigured(f"{name} must be the dotted name of a class; there is no module {module!r}")
        return text

    def time_zone(self, name: str, *, default: str) -> str:
        """A name of the time zone database."""
        text = str(self.str(name, default=default))
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ImproperlyConfigured(f"{name} is not a time zone: {text!r}") from error
        return text

    def log_level(self, name: str, *, default: str) -> str:
        """DEBUG, INFO, WARNING, ERROR or CRITICAL."""
        text = str(self.str(name, default=default)).upper()
        if text not in logging.getLevelNamesMapping():
            raise ImproperlyConfigured(f"{name} must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not {text!r}")
        return text

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """SQLite or PostgreSQL by address."""
        self._require_scheme(name, default, {"sqlite", "postgres", "postgresql"})
        return self._by_address(name, default, self.db_url)

    def shared_cache(self, name: str, *, default: str) -> dict[str, Any]:
        """A cache by address."""
        self._require_scheme(name, default, {"dbcache", "redis", "rediss", "locmemcache"})
        return self._by_address(name, default, self.cache_url)

    def mail_server(self, name: str, *, default: str) -> dict[str, Any]:
        """How mails are sent, by address."""
        schemes = {"smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail"}
        self._require_scheme(name, default, schemes)
        return self._by_address(name, default, self.email_url)

    def _matching(self, name: str, default: str, pattern: re.Pattern[str]) -> str:
        text = str(self.str(name, default=default))
        if not pattern.fullmatch(text):
            raise ImproperlyConfigured(f"{name} must be a rate such as {default}, not {text!r}")
        return text

    def _require_scheme(self, name: str, default: str, schemes: Collection[str]) -> None:
        if str(self.str(name, default=default)).partition("://")[0] not in schemes:
            raise ImproperlyConfigured(f"{name} must begin with one of {', '.join(sorted(schemes))} and ://")

    def _by_address(self, name: str, default: str, read: Callable[..., Any]) -> dict[str, Any]:
        # The value is not repeated: it may hold a password.
        try:
            return dict(read(name, default=default))
        except (ImproperlyConfigured, KeyError, ValueError, TypeError, AttributeError) as error:
            raise ImproperlyConfigured(f"{name} cannot be read as an address") from error


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
