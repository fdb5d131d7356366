"""What public pages say about the authority, and addresses of rooms that an installation may not have."""

from django.urls import NoReverseMatch, reverse

from registry.models import Authority


def of_authority(authority: Authority) -> dict[str, object]:
    """Whose page it is, and where objections go. Current facts of an office, not figures of the snapshot."""
    return {"authority_name": authority.name, "objection_contact": authority.contact}


def address_of(name: str, *arguments: str) -> str:
    """The address of another room's page, or empty where this installation does not have it."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
