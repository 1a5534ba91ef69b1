"""What a message of Telegram holds: words, files, a place, somebody's phone; as the words that cross rooms."""

from __future__ import annotations

from bot.channels.telegram.shapes import Contact, Content, File, Picture
from bot.media import safe_name
from domain.messages import Place, Promised

#: The Bot API hands out no larger file. https://core.telegram.org/bots/api#getfile
LARGEST_FETCHED_BYTES = 20 * 1024 * 1024
LONGEST_LABEL, LONGEST_MEDIA, LONGEST_PHONE = 200, 100, 32
#: The office tells people that what is longer is too long; so long a text is cut off all the same.
LONGEST_WORDS = 50_000

#: The kinds of file: field, the name and the media type of one that comes without. An animation is a document too.
KINDS = (
    ("animation", "animation.mp4", "video/mp4"),
    ("document", "file", ""),
    ("voice", "voice.ogg", "audio/ogg"),
    ("audio", "audio.mp3", "audio/mpeg"),
    ("video", "video.mp4", "video/mp4"),
    ("video_note", "video.mp4", "video/mp4"),
)


def words_of(content: Content, sender: int) -> str:
    """The words of a message. A contact is its phone alone where it is the sender's own, with the name otherwise."""
    words = content.text or content.caption
    if not words and content.contact is not None:
        words = _contact(content.contact, own=content.contact.user_id == sender)
    return words[:LONGEST_WORDS]


def _contact(contact: Contact, *, own: bool) -> str:
    """Telegram leaves the plus out of an account's own number, which is always international."""
    phone = contact.phone_number[:LONGEST_PHONE]
    if own:
        return phone if phone.startswith("+") else f"+{phone}"
    return f"{contact.first_name} {contact.last_name}".strip()[:LONGEST_LABEL] + f" {phone}"


def files_of(content: Content) -> tuple[Promised, ...]:
    """The one file a message can hold, still to be fetched; one too large to be had is promised with its size."""
    if content.photo:
        return (_photo(content.photo),)
    for field, name, media in KINDS:
        file: File | None = getattr(content, field)
        if file is not None:
            name = safe_name(file.file_name) if file.file_name else name
            media = file.mime_type[:LONGEST_MEDIA] or media
            return (Promised(name, media, file.file_size, reference=file.file_id),)
    return ()


def _photo(sizes: list[Picture]) -> Promised:
    """The largest size that can be fetched."""
    fetched = [one for one in sizes if one.file_size <= LARGEST_FETCHED_BYTES] or sizes[:1]
    best = max(fetched, key=lambda one: (one.width * one.height, one.file_size))
    return Promised("photo.jpg", "image/jpeg", best.file_size, reference=best.file_id)


def place_of(content: Content) -> Place | None:
    """The place of a message, with the words of a venue."""
    if content.venue is not None:
        point, words = content.venue.location, f"{content.venue.title} {content.venue.address}".strip()
        return Place(point.latitude, point.longitude, words[:LONGEST_LABEL])
    if content.location is not None:
        return Place(content.location.latitude, content.location.longitude)
    return None
