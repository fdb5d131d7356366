"""The fixture that other rooms stand on."""

from core.actor import Grant
from tests.factories.actors import World


def test_world_regulator_reaches_own_street_only(world: World) -> None:
    actor = world.actor("regulator")

    assert actor.grants == (Grant("regulator", world.authority.pk, None, actor.grants[0].region),)
    assert [region.areas for region in actor.reach.regions] == [frozenset([world.enterprise.area_id])]
    assert world.actor("enterprise_admin").reach.enterprises == frozenset([world.enterprise.pk])
    assert world.actor("candidate").reach.person == world.person.pk
    assert world.actor("auditor").reach.regions == ()
