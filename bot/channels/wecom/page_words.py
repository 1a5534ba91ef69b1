"""What the page inside WeCom says of itself, and of whatever it does not take or show."""

from __future__ import annotations

from bot import receiving
from bot.receiving import NotTaken
from handlers.words import _


def words(most_files: int, most_bytes: int) -> dict[str, str]:
    """The labels of the form."""
    most = receiving.mb(most_bytes)
    return {
        "asked": _("The chat asks:"),
        "nothing": _("The chat asks nothing just now. Files that you send here can be filed with a case there."),
        "text": _("Words"),
        "files": _("Files (at most {files}, {most} MB each)", files=most_files, most=most),
        "camera": _("Take a photo"),
        "send": _("Send"),
        "answered": _("It is here. The chat answers:"),
        "return": _("Now go back to WeCom; the same stands in your chat."),
        "board": _("Open the pages for work"),
    }


def one_moment() -> NotTaken:
    """Neither whoever it is nor the program can do anything about it."""
    return NotTaken(503, _("One moment"), _("WeCom or our server is busy. Please open the page again in a minute."))


def too_often(seconds: int) -> NotTaken:
    """Codes are tried, by this one or by others."""
    text = _("Very many sign-ins are being tried just now. Please open the page again in {n} seconds.", n=seconds)
    return NotTaken(429, _("A little slower, please"), text)


def not_begun_here() -> NotTaken:
    """A sign-in that this browser did not ask for."""
    text = _("This sign-in was not begun in this window. Please open the page again from the chat in WeCom.")
    return NotTaken(403, _("You are not signed in"), text)


def over() -> NotTaken:
    """A code of WeCom's that is spent or too old."""
    text = _("The sign-in has run out, or was used already. Please open the page again from the chat in WeCom.")
    return NotTaken(403, _("You are not signed in"), text)


def outsider() -> NotTaken:
    """No member of the organisation."""
    text = _("This page is for members of the organisation. As a business owner please write to us in the chat.")
    return NotTaken(403, _("This page is not for you"), text)


def stranger() -> NotTaken:
    """A member whom nobody here has met."""
    text = _("We have not met in WeCom yet. Please open our app there and say hello first; then open this page again.")
    return NotTaken(403, _("We do not know you yet"), text)


def signed_out() -> NotTaken:
    """Something was sent by who is not signed in any more; a redirect would lose it silently."""
    text = _("You were signed out, so nothing was sent. Please open the page again and send it once more.")
    return NotTaken(401, _("Please open the page again"), text)


def no_address() -> NotTaken:
    """WeCom can send nobody back to an office without an address."""
    text = _("Whoever runs the server has to set the public address first. The chat goes on without it.")
    return NotTaken(503, _("This page has no address yet"), text)


def not_for_work() -> NotTaken:
    """Somebody without a role."""
    text = _("They are for officials of the office. What can be done for you stands in the chat.")
    return NotTaken(403, _("These pages are not for you"), text)


def empty() -> NotTaken:
    """A form in which nothing is."""
    return NotTaken(400, _("Nothing came"), _("Please go back, and write something or choose a file."))
