"""The one line of shell that the public page gives for one person's ticket, run as it stands there."""

import html
import re
import subprocess

from django.urls import reverse

from draws.domain.selection import parse_result
from draws.domain.tickets import ticket_of
from draws.queries import content_of
from tests.factories.draws import make_drawn, make_population


def test_shell_line_of_the_public_page_gives_the_ticket(client, cast):
    make_population(cast, 5)
    draw = make_drawn(cast)
    page = client.get(reverse("draws:public_detail", args=[draw.public_id])).content.decode()
    line = html.unescape(re.search(r"<code>(printf[^<]+(?:&lt;pid&gt;)[^<]+)</code>", page).group(1))
    tickets = []
    for place in parse_result(content_of(draw, "result.csv")):
        said = subprocess.run(
            ["sh", "-c", line.replace("<pid>", place.pid)], capture_output=True, text=True, check=True
        ).stdout
        assert said.split() == [ticket_of(place.pid, 1, seed=draw.seed), "-"]
        tickets.append(said)
    assert tickets == sorted(tickets)  # the smallest tickets were drawn, in this order


def test_shell_line_for_several_lots_gives_the_least(vector, expected):
    row = next(line for line in vector["roster.csv"].decode().splitlines() if line.split(",")[2] not in ("lots", "1"))
    pid, _stratum, lots, _flag = row.split(",")
    line = (
        f"for j in $(seq {lots}); do printf '%s' \"draw/1|{expected['seed']}|{pid}|$j\" | sha256sum; done"
        " | sort | head -n 1"
    )
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == ticket_of(pid, int(lots), seed=expected["seed"])
