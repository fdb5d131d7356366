"""The public pages of a large draw: tables a page at a time, files in pieces and by their hash."""

import hashlib
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from draws.jobs import task_pack_bundle
from draws.queries import content_of, published
from draws.views import downloads, public
from tests.factories.draws import make_drawn, make_population


@pytest.fixture
def drawn(cast):
    make_population(cast, 9)
    return make_drawn(cast, seats=5, standby=2)


def address(name, draw, *more):
    return reverse(f"draws:public_{name}", args=[draw.public_id, *more])


def test_large_file_comes_in_pieces_with_the_exact_bytes(client, drawn, monkeypatch):
    monkeypatch.setattr(downloads, "_AT_ONCE", 10)
    monkeypatch.setattr(published, "_PIECE", 100)
    answer = client.get(address("file", drawn, "roster.csv"))
    pieces = list(answer.streaming_content)
    assert len(pieces) > 5
    assert b"".join(pieces) == content_of(drawn, "roster.csv")
    assert answer["Content-Length"] == str(len(b"".join(pieces)))


def test_file_that_the_asker_has_is_not_sent_again(client, drawn):
    first = client.get(address("file", drawn, "result.csv"))
    assert first["ETag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    again = client.get(address("file", drawn, "result.csv"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_places_pages_follow_each_other_and_hold_the_whole_result(client, drawn, monkeypatch):
    monkeypatch.setattr(published, "PLACES_PER_PAGE", 3)
    monkeypatch.setattr(public, "PLACES_PER_PAGE", 3)
    page, read = address("places", drawn), []
    for _ in range(3):
        text = client.get(page).content.decode()
        read += [first + second for first, second in re.findall(r"([0-9a-f]{32})<wbr>([0-9a-f]{32})", text)]
        following = re.search(r'rel="next" href="([^"]+)"', text)
        page = address("places", drawn) + following.group(1).replace("&amp;", "&") if following else ""
    assert read == [line.split(",")[2] for line in content_of(drawn, "result.csv").decode().splitlines()[1:]]
    assert page == ""


def test_no_visitor_waits_for_sums_that_the_job_of_the_draw_has_counted(client, drawn, monkeypatch):
    cache.clear()
    task_pack_bundle(drawn.pk)
    shown = published.oddities_of(drawn)
    counted = []
    for name in ("_count_oddities", "seats_of"):
        monkeypatch.setattr(published, name, counted.append)
    assert client.get(address("detail", drawn)).status_code == 200
    assert published.oddities_of(drawn) == shown
    assert not counted


@pytest.mark.parametrize(
    ("query", "status"), [("stratum=BUILD-430602201-P", 200), ("stratum=%27", 404), ("after=x", 200)]
)
def test_places_odd_questions(client, drawn, query, status):
    assert client.get(f"{address('places', drawn)}?{query}").status_code == status


def test_strata_are_paged_by_their_names(client, drawn, monkeypatch):
    text = client.get(f"{address('detail', drawn)}?after=BUILD-430602201-P").content.decode()
    assert "?stratum=BUILD-430602201-P" not in text
    assert "?stratum=BUILD-430602201-P" in client.get(address("detail", drawn)).content.decode()


def test_detail_says_how_usual_the_result_is_and_that_nothing_follows(client, drawn):
    text = client.get(address("detail", drawn)).content.decode()
    assert "最多连续" in text
    assert "也从不重抽" in text
