"""A street reads in its enterprises' files what the district's office published, and nothing before."""

import pytest
from django.utils import timezone

from certificates.queries import certificates_for
from core.actor import REGULATOR
from exams.models import RoundState
from exams.queries import candidates_for, recorded_candidates
from oversight.queries import enterprise_file
from tests.factories.actors import World, make_actor, make_world
from tests.factories.certificates import make_certificate
from tests.factories.exams import make_candidate, make_round
from tests.factories.registry import make_authority, make_enterprise

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def _examined_by_the_office(world: World, state: str):
    exam_round = make_round(authority=world.office, state=state)
    return make_candidate(exam_round, person=world.person, enterprise=world.enterprise)


@pytest.mark.parametrize(
    ("state", "known"), [(RoundState.GRADED, False), (RoundState.PUBLISHED, True), (RoundState.ARCHIVED, True)]
)
def test_candidate_of_another_authority_is_on_record_once_published(world: World, state: str, known: bool):
    candidate = _examined_by_the_office(world, state)
    assert (candidate in recorded_candidates(world.actor("regulator"))) is known
    assert candidate not in recorded_candidates(world.actor("other_regulator"))
    assert candidate not in candidates_for(world.actor("regulator"))


def test_invigilator_of_the_street_reads_no_other_authority(world: World):
    candidate = _examined_by_the_office(world, RoundState.PUBLISHED)
    assert candidate not in recorded_candidates(world.actor("invigilator"))


def test_enterprise_file_shows_the_published_round_of_the_office(world: World):
    candidate = _examined_by_the_office(world, RoundState.PUBLISHED)
    found = enterprise_file(
        world.actor("regulator"), world.enterprise.public_id, today=timezone.localdate(candidate.state_changed_at)
    )
    assert found.candidates == (candidate,)


def test_certificates_are_read_where_the_enterprise_lies():
    certificate = make_certificate()
    near = make_actor(REGULATOR, authority=_street_of(certificate.candidate.enterprise))
    far = make_actor(REGULATOR, authority=_street_of(make_enterprise()))
    assert certificate in certificates_for(near)
    assert certificate not in certificates_for(far)


def _street_of(enterprise):
    return make_authority(area=enterprise.area)
