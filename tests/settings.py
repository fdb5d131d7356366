"""Settings of a test run: those of the product, with fixed keys, jobs run at once, and quick password hashes.

DATABASE_URL chooses the database; without it SQLite in memory is used.
"""

import base64
import os


def _key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


# Whatever the machine's own var/.env says, tests see these and nothing else.
os.environ |= {
    "TESTING": "1",
    "DEBUG": "0",
    "DEMO": "0",
    "BASE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "SECRET_KEY": "test-" * 12,
    "FIELD_KEYS": f"t1:{_key('f')}",
    "DIGEST_KEY": _key("d"),
    "RECEIPT_KEYS": f"t1:{_key('r')}",
    "SIGNING_KEY": _key("s"),
    "QUEUE": "immediate",
    "CACHE_URL": "locmemcache://",
    "EMAIL_URL": "memorymail://",
    # Playwright keeps an event loop in the thread of every test that follows its first; Django would refuse its database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}

from config.settings import *  # noqa: E402, F403 - after the environment that it reads
from config.settings import STORAGES  # noqa: E402

STORAGES = STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
WHITENOISE_AUTOREFRESH = True  # nothing is collected in tests
