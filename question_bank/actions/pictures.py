"""Pictures enter a bank together with the questions that show them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from core.actor import Actor
from question_bank.domain.draft import QuestionDraft
from question_bank.domain.pictures import clean_picture
from question_bank.domain.rich import picture_names, texts_of, with_picture_names
from question_bank.models import Picture
from registry.models import Authority


def keep_pictures(actor: Actor, authority: Authority, pictures: Iterable[bytes], *, now: datetime) -> dict[str, str]:
    """Pictures as they came → their names in the bank, by the first half of their hash; one that is there is not doubled."""
    names: dict[str, str] = {}
    for content in pictures:
        clean = clean_picture(content)
        row, _made = Picture.objects.get_or_create(
            authority=authority,
            sha256=clean.sha256,
            defaults={
                "content_type": clean.content_type,
                "content": clean.content,
                "created_by_id": actor.user_id,
                "created_at": now,
            },
        )
        names[clean.sha256[:32]] = row.public_id
    return names


def with_kept_pictures(
    actor: Actor,
    authority: Authority,
    drafts: Iterable[QuestionDraft],
    *,
    pictures: Mapping[str, bytes],
    now: datetime,
) -> list[QuestionDraft]:
    """The drafts with the pictures of their file, by `pictures`, under their names in the bank."""
    listed = list(drafts)
    if not pictures:
        return listed
    used = {name for draft in listed for text in texts_of(draft.content) for name in picture_names(text)}
    names: dict[str, str] = {}
    for name in sorted(used & pictures.keys()):
        names |= dict.fromkeys([name], *keep_pictures(actor, authority, [pictures[name]], now=now).values())
    return [replace(draft, content=with_picture_names(draft.content, names)) for draft in listed]
