"""A NUL byte in an address is answered before any database sees it."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/public/draws/%00/", "/public/certificates/a%00b/", "/api/v1/draws/%00/"])
def test_nul_in_a_path_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_nul_in_a_query_string_is_a_bad_request(client):
    assert client.get("/public/scores/?q=a%00b").status_code == 400
