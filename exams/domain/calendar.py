"""The calendar file of a sitting (RFC 5545): one event with an alarm an hour before."""

from dataclasses import dataclass
from datetime import UTC, datetime

_LINE_BYTES = 75
_STATUS = {True: "CANCELLED", False: "CONFIRMED"}


@dataclass(frozen=True, slots=True)
class Event:
    """One appointment. `uid` stays the same when the times change, so that calendars replace the event."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    text: str
    url: str
    stamped_at: datetime
    is_cancelled: bool = False


def calendar_file(event: Event) -> str:
    """The file with CRLF line ends, folded at 75 octets as section 3.1 asks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Choukao//Exam//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{_moment(event.stamped_at)}",
        f"DTSTART:{_moment(event.starts_at)}",
        f"DTEND:{_moment(event.ends_at)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"DESCRIPTION:{_text(event.text)}",
        f"URL:{event.url}",
        f"STATUS:{_STATUS[event.is_cancelled]}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(event.title)}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Section 3.3.11: backslash, semicolon, comma and line end are escaped; other controls have no place."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = "\\n".join(escaped.splitlines())
    return "".join(character for character in lines if character >= " " or character == "\t")


def _folded(line: str) -> list[str]:
    """Pieces of at most 75 octets, each after the first begun by one space; no character is cut."""
    pieces: list[str] = []
    current = ""
    for character in line:
        limit = _LINE_BYTES if not pieces else _LINE_BYTES - 1
        if len((current + character).encode()) > limit:
            pieces.append(current)
            current = ""
        current += character
    pieces.append(current)
    return [piece if number == 0 else f" {piece}" for number, piece in enumerate(pieces)]
