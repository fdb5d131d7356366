import json
from pathlib import Path

import pytest

from tests.factories.draws import make_cast

VECTORS = Path(__file__).parent.parent / "vectors" / "draw-1"


@pytest.fixture(scope="session")
def vector() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in VECTORS.iterdir()}


@pytest.fixture(scope="session")
def expected(vector) -> dict:
    return json.loads(vector["expected.json"])


@pytest.fixture
def cast(db):
    return make_cast()
