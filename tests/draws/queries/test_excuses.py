from datetime import timedelta

from accounts.models import User
from draws.actions import Upload, approve_flag, decide_replacement, request_flag, request_replacement
from draws.models import Place
from draws.queries.excuses import ExcuseCount, excuse_counts, public_excuse_counts
from tests.draws.actions.test_prepare import FLAG
from tests.draws.actions.test_replacements import EXCUSE
from tests.factories.draws import AFTER_WINDOW, NOW, make_draft, make_drawn, make_population

LETTER = Upload("产假.pdf", b"%PDF-1.7")


def excuse(cast, draw, status, code, *, approve=True, now=AFTER_WINDOW):
    pid = Place.objects.get(draw=draw, status=status).entry.pid
    row = request_replacement(cast.regulator, draw.public_id, **EXCUSE | {"pid": pid, "reason_code": code, "now": now})
    return decide_replacement(cast.reviewer, row.public_id, approve=approve, now=now)


def test_excuse_counts_are_by_month_reason_and_approver(cast, world, django_assert_num_queries):
    people = make_population(cast, 9)
    draw = make_drawn(cast, seats=3)
    excuse(cast, draw, "S1", "ILL")
    excuse(cast, draw, "S2", "ILL")
    excuse(cast, draw, "S3", "DTY", approve=False)
    excuse(cast, draw, "S3", "DTY", now=AFTER_WINDOW + timedelta(days=10))
    later = make_draft(cast, year=2027, quarter=1)
    flag = FLAG | {"kind": "X", "code": "MAT", "person_id": people[0].person.public_id, "file": LETTER}
    approve_flag(cast.reviewer, request_flag(cast.regulator, later.public_id, **flag).public_id, now=NOW)
    name, approver = cast.authority.name, str(User.objects.get(pk=cast.reviewer.user_id))
    with django_assert_num_queries(2):
        counts = excuse_counts(cast.regulator)
    assert counts == [
        ExcuseCount("2026-12", name, "excused", "DTY", approver, 1),
        ExcuseCount("2026-11", name, "excluded", "MAT", approver, 1),
        ExcuseCount("2026-11", name, "excused", "ILL", approver, 2),
    ]
    assert excuse_counts(world.actor("regulator")) == []
    # The draft's exclusion is not public yet.
    assert public_excuse_counts() == [
        ExcuseCount("2026-12", name, "excused", "DTY", "", 1),
        ExcuseCount("2026-11", name, "excused", "ILL", "", 2),
    ]
