"""Pictures of a bank, for its own people and for those who hold a paper with them."""

from collections.abc import Iterable

from core.actor import Actor
from core.errors import NotFound
from question_bank.domain.importing.raw import Parsed
from question_bank.domain.pictures import cleaned, names_used, settled
from question_bank.models import Picture
from question_bank.policies import reachable_pictures
from registry.models import Authority


def get_picture(actor: Actor, picture_id: str) -> Picture:
    """A picture of a bank whose questions the actor reads. Raises NotFound."""
    picture = Picture.objects.filter(reachable_pictures(actor), public_id=picture_id).first()
    if picture is None:
        raise NotFound
    return picture


def picture_on_paper(picture_id: str) -> Picture:
    """A picture by name. Takes no actor: the caller holds a paper that shows it. Raises NotFound."""
    picture = Picture.objects.filter(public_id=picture_id).first()
    if picture is None:
        raise NotFound
    return picture


def picture_contents(names: Iterable[str]) -> dict[str, bytes]:
    """Bytes by name, for a file that carries them. Takes no actor: the caller reads the questions that show them."""
    found = Picture.objects.filter(public_id__in=set(names)).values_list("public_id", "content")
    return {name: bytes(content) for name, content in found}


def with_bank_pictures(parsed: Parsed, authority: Authority | None) -> Parsed:
    """The file with pictures made anew, and those that the bank has already under the bank's name."""
    used = names_used(parsed)
    if not used:
        return parsed
    made = cleaned({name: content for name, content in parsed.pictures.items() if name in used})
    kept = Picture.objects.filter(authority=authority) if authority else Picture.objects.none()
    of_bank = set(kept.filter(public_id__in=used).values_list("public_id", flat=True))
    hashes = {picture.sha256 for picture in made.values() if picture}
    known = dict(kept.filter(sha256__in=hashes).values_list("sha256", "public_id"))
    names = {name: name for name in of_bank}
    for name, picture in made.items():
        names[name] = known.get(picture.sha256, picture.sha256[:32]) if picture else ""
    new = {picture.sha256[:32]: picture.content for picture in made.values() if picture and picture.sha256 not in known}
    return settled(parsed, names, new)
