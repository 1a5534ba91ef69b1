"""Every text the code asks the catalogues for, and the command that brings the catalogues in step with the code.

`python -m tests.words` adds new keys, drops keys that are gone, and prints what has no words yet. The
catalogues load again once those have their words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import escape, read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from handlers.words import LANGUAGES, LOCALE

HOUSE = Path(__file__).parent.parent
ROOMS = ("domain", "storage", "handlers", "scheduler", "bot")
MARKS = frozenset({"_", "N_"})
FIRST_ERROR = "QinqingError"


def keys() -> dict[str, list[str]]:
    """Every key with the places (file:line) that ask for it, sorted by key.

    Keys are the constant first arguments of _() and N_(), in templates too, and the docstrings of the QinqingError
    family.
    """
    trees = {path: ast.parse(path.read_text("utf-8")) for path in _sources()}
    found: dict[str, list[str]] = {}
    for path, tree in trees.items():
        for key, line in _marked(tree):
            found.setdefault(key, []).append(f"{path.relative_to(HOUSE)}:{line}")
    for key, place in (*_error_words(trees), *_template_words()):
        found.setdefault(key, []).append(place)
    return dict(sorted(found.items()))


def _template_words() -> Iterator[tuple[str, str]]:
    """What the officials' pages say."""
    for path in sorted((HOUSE / "bot" / "pages").rglob("board/**/*.html")):
        for line, _function, said in extract_from_ast(Environment().parse(path.read_text("utf-8")), ("_",)):
            key = said[0] if isinstance(said, tuple) else said
            if key:
                yield key, f"{path.relative_to(HOUSE)}:{line}"


def _sources() -> list[Path]:
    return sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py") if "versions" not in path.parts)


def _marked(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for argument in _first_arguments(tree):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value, argument.lineno


def _first_arguments(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
            yield node.args[0]


def pasted_together() -> list[str]:
    """Places where a key is put together while the program runs, so that no catalogue can hold it."""
    return [
        f"{path.relative_to(HOUSE)}:{argument.lineno}"
        for path in _sources()
        for argument in _first_arguments(ast.parse(path.read_text("utf-8")))
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
    ]


def lines() -> set[str]:
    """Keys of the lines people choose from: what stands in the label of an Option."""
    labels = [
        call.args[1]
        for path in _sources()
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Option" and call.args[1:]
    ]
    return {key for label in labels for key, _line in _marked(label)}


def _error_words(trees: dict[Path, ast.Module]) -> Iterator[tuple[str, str]]:
    """Docstrings of the error family as QinqingError.template() joins them."""
    classes = {
        (path, node.name): node
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    for path, name in sorted(_family(classes)):
        node = classes[path, name]
        yield " ".join((ast.get_docstring(node) or "").split()), f"{path.relative_to(HOUSE)}:{node.lineno}"


def _family(classes: dict[tuple[Path, str], ast.ClassDef]) -> set[tuple[Path, str]]:
    family = {named for named in classes if named[1] == FIRST_ERROR}
    while more := {named for named in classes if _parents(named, classes) & family} - family:
        family |= more
    return family


def _parents(named: tuple[Path, str], classes: dict[tuple[Path, str], ast.ClassDef]) -> set[tuple[Path, str]]:
    """Where the classes above one are declared: in its own file, or else in any other, whence it was imported."""
    path, _name = named
    above = {part.id for part in classes[named].bases if isinstance(part, ast.Name)}
    own = {(path, name) for name in above if (path, name) in classes}
    imported = above - {name for _path, name in own}
    return own | {other for other in classes if other[1] in imported}


# --- the catalogues -------------------------------------------------------------------------------------------


def catalogue_path(language: str, folder: Path = LOCALE) -> Path:
    """Where the catalogue of a language lies."""
    return folder / language / "LC_MESSAGES" / "qinqing.po"


def kept_words(language: str, folder: Path = LOCALE) -> dict[str, str]:
    """{key: text} as the catalogue holds them, unchecked; empty where there is no catalogue yet."""
    path = catalogue_path(language, folder)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def write(language: str, texts: dict[str, str], folder: Path = LOCALE) -> None:
    """Write a catalogue, sorted by key, so that the same words always make the same file."""
    path = catalogue_path(language, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [_entry(key, text) for key, text in sorted(texts.items())]
    path.write_text("\n".join([_header(language), *entries]), "utf-8")


def _header(language: str) -> str:
    lines = (
        "Project-Id-Version: Qinqing",
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    return "\n".join(['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in lines), ""])


def _entry(key: str, text: str) -> str:
    return f"msgid {_quoted(key)}\nmsgstr {_quoted(text)}\n"


def _quoted(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return escape(text) if len(lines) < 2 else "\n".join(['""', *(escape(line) for line in lines)])


def new_words(language: str, key: str) -> str:
    """What a new key begins with: in English it is the text itself, elsewhere it waits for its words."""
    return key if language == "en" else ""


def main() -> None:
    """Bring every catalogue in step with the code and print the keys without words."""
    wanted = keys()
    for language in LANGUAGES:
        kept = kept_words(language)
        write(language, {key: kept.get(key) or new_words(language, key) for key in wanted})
        gone = sorted(kept.keys() - wanted.keys())
        missing = [key for key in wanted if not (kept.get(key) or new_words(language, key))]
        print(f"{language}: {len(wanted)} keys, {len(gone)} gone, {len(missing)} without words")
        for key in missing:
            print(f"  {wanted[key][0]}  {key!r}")


if __name__ == "__main__":
    main()
