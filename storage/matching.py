"""Words in the middle of a text, as a LIKE pattern."""


def containing(words: str) -> str:
    """A pattern for texts that contain the words; what LIKE would take for a wildcard is taken to the letter."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
