"""The word list of CONTRIBUTING.md in executable form: no retired word in code, pages, tests, docs.

Each offence is reported as `file:line: "found", write: ...`.
"""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORD_LIST = ROOT / "CONTRIBUTING.md"
FOLDERS = ("fer_core", "pages", "tests", "scripts", ".ci", ".streamlit", "docs", "models")
SUFFIXES = {"", ".py", ".md", ".toml", ".css", ".js", ".html", ".j2", ".jinja"}
EXCEPTED = ("models/vendor/", "tests/test_words.py")
TEXT_TOKENS = {"COMMENT", "STRING", "FSTRING_MIDDLE"}

CODE_SPAN = re.compile(r"`([^`]+)`")
PREFIX = re.compile(r"^_?(?:is_|has_)?")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")  # between the words of an identifier
SPACED_PERCENT = re.compile(  # "78 %" and f"{share:.0f} %", not "macro-F1 %"
    r"(?:(?<![\w.,-])\d[\d.,]*|\d[a-z]\})(?: |\u00a0|\\u00a0)%(?![a-z(])"
)
WHO_STARTS = re.compile(r"(?:^|[.:;!?] |[\"“*#|] ?)Who (?!.*\?)")


@dataclass(frozen=True)
class Retired:
    """One retired word: how it is found, where, and what to write."""

    pattern: re.Pattern[str]
    place: str  # "text", "name" or "file"
    write: str


@dataclass(frozen=True)
class WordList:
    """The word list, ready to search with."""

    words: tuple[Retired, ...]
    stored_keys: re.Pattern[str]  # keys of stored files may stay: in quotes, or as a field
    any_text: re.Pattern[str]  # finds any of the words of the place "text"

    def at(self, place: str) -> Iterator[Retired]:
        return (word for word in self.words if word.place == place)


def word_list(page: str) -> WordList:
    """Return the word list that the page holds."""
    words: list[Retired] = []
    for line in page[page.index("| write |") :].splitlines()[2:]:
        if not line.startswith("|"):
            break
        write, retired, place = (cell.strip() for cell in line.strip("|").split("|"))
        words += [Retired(pattern_of(word), place, write) for word in CODE_SPAN.findall(retired)]
    (line,) = (line for line in page.splitlines() if line.startswith("Stored files keep"))
    keys = "|".join(map(re.escape, CODE_SPAN.findall(line)))
    return WordList(
        tuple(words),
        re.compile(rf"(?<=[\"'.])(?:{keys})\b|\b(?:{keys})(?=\s*[:=])"),
        re.compile("|".join(word.pattern.pattern for word in words if word.place == "text")),
    )


def pattern_of(word: str) -> re.Pattern[str]:
    """Return what finds a word as a whole, or any word that begins so if it ends with `*`."""
    body = r"\s+".join(map(re.escape, word.rstrip("*").split()))
    return re.compile(rf"\b{body}" + (r"\w*" if word.endswith("*") else r"\b"))


def read_texts(root: Path) -> dict[str, str]:
    """Return the text of every file in which words are checked, by its path."""
    paths = [*root.iterdir(), *(path for name in FOLDERS for path in (root / name).rglob("*"))]
    names = {path.relative_to(root).as_posix(): path for path in sorted(paths) if path.is_file()}
    return {
        name: path.read_text("utf-8")
        for name, path in names.items()
        if path.suffix in SUFFIXES
        and not path.name.startswith(".")
        and path.name != "LICENSE"
        and not name.startswith(EXCEPTED)
    }


def offences(path: str, text: str, words: WordList) -> list[str]:
    """Return one sentence for each retired word in a file."""
    found = [*file_offences(path, words), *text_offences(path, text, words)]
    if not path.endswith(".py"):
        return [*found, *style_offences(path, enumerate(text.splitlines(), start=1))]
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    return [*found, *name_offences(path, tokens, words), *style_offences(path, prose(tokens))]


def file_offences(path: str, words: WordList) -> Iterator[str]:
    stem = Path(path).stem.removeprefix("test_")
    for word in words.at("file"):
        if path.endswith(".py") and word.pattern.fullmatch(stem):
            yield f"{path}:1: the file is called {stem}, write: {word.write}"


def text_offences(path: str, text: str, words: WordList) -> Iterator[str]:
    for number, line in enumerate(without_old_names(path, text).splitlines(), start=1):
        shown = words.stored_keys.sub("", line) if path.endswith(".py") else line
        plain = HUMP.sub(" ", shown).lower()
        if not words.any_text.search(plain):
            continue
        for word in words.at("text"):
            if found := word.pattern.search(plain):
                yield f'{path}:{number}: "{found[0]}", write: {word.write}'


def name_offences(path: str, tokens: list[tokenize.TokenInfo], words: WordList) -> Iterator[str]:
    for token in tokens:
        name = PREFIX.sub("", token.string)
        for word in words.at("name") if token.type == tokenize.NAME else ():
            if word.pattern.fullmatch(name):
                yield f'{path}:{token.start[0]}: "{token.string}", write: {word.write}'


def style_offences(path: str, lines: Iterable[tuple[int, str]]) -> Iterator[str]:
    for number, line in lines:
        if SPACED_PERCENT.search(line):
            yield f"{path}:{number}: a space before %, write: 78%"
        if WHO_STARTS.search(line):
            yield f'{path}:{number}: a sentence begins with "Who", name the subject'


def prose(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, str]]:
    """Yield the lines of a program that people read: comments and texts."""
    for token in tokens:
        if tokenize.tok_name[token.type] in TEXT_TOKENS:
            for offset, line in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, line.strip().lstrip("#rbfu\"' ")


def without_old_names(path: str, text: str) -> str:
    """Return the text without what may hold old names: the word list, and names in a changelog."""
    if path == "CONTRIBUTING.md":
        start, end = text.index("## Word list"), text.index("## Licence")
        return text[:start] + "\n" * text.count("\n", start, end) + text[end:]
    if path == "CHANGELOG.md":
        return CODE_SPAN.sub("", text)
    return text


@pytest.fixture(scope="module")
def words():
    return word_list(WORD_LIST.read_text("utf-8"))


def test_no_retired_word_is_used(words):
    texts = read_texts(ROOT)
    found = [line for path, text in texts.items() for line in offences(path, text, words)]
    assert not found, "\n" + "\n".join(found)


def test_the_words_are_checked_where_people_and_programs_read_them(words):
    texts = read_texts(ROOT)
    expected = {
        "README.md",
        "Makefile",
        "fer_core/pipeline/photo.py",
        "pages/live.py",
        "models/README.md",
    }
    assert expected <= texts.keys()
    assert not any(path.startswith("models/vendor/") for path in texts)
    assert len(words.words) > 30


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("a.py", "x = 1\nrun_twins()", 'a.py:2: "twins", write: export, exported file'),
        ("a.py", "class TwinFile: ...", '"twin", write: export'),
        ("a.py", "# The finder's box", '"finder", write: detect'),
        ("a.py", "def due(): ...", '"due", write: choose_to_classify'),
        ("a.py", "is_due = True", '"is_due", write: choose_to_classify'),
        ("a.py", "class Rest: ...", '"Rest", write: BaselineCapture'),
        ("fer_core/train/half.py", "", "half.py:1: the file is called half"),
        ("docs/a.md", "It takes 3 ms a face.", 'docs/a.md:1: "ms a face", write: per face'),
        ("docs/a.md", "30 frames  a second", "write: per second"),
        ("README.md", "about 78 % of faces", "a space before %"),
        ("README.md", "about 78\u00a0% of faces", "a space before %"),
        ("a.py", 'x = f"{y:.0f} and 78 % of them"', "a space before %"),
        ("a.py", '"""Who reads this."""', 'begins with "Who"'),
        ("docs/a.md", "It ends. Who relies on it loses.", 'begins with "Who"'),
        ("CONTRIBUTING.md", "a twin\n## Word list\ntwin\n## Licence\n", "CONTRIBUTING.md:1"),
        ("CHANGELOG.md", "`twin` is now a twin", 'CHANGELOG.md:1: "twin"'),
    ],
)
def test_a_retired_word_is_reported_with_its_place_and_the_word_to_use(path, text, message, words):
    (offence,) = offences(path, text, words)
    assert message in offence


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'card["twins"]'),
        ("a.py", "details.twins"),
        ("a.py", "twins: dict[str, str]"),
        ("a.py", "person.rest = 5 % 2"),
        ("a.py", '"%d %s"'),
        ("a.py", "def test_a_new_face_is_due_at_once(): ..."),
        ("a.py", "half = n // 2  # the other half of the faces"),
        ("docs/a.md", "Who may use it? Anyone. People who read it. A face that is 78% sure."),
        ("docs/a.md", "a face takes 3 ms, three times a second"),
        ("docs/a.md", "| accuracy % | macro-F1 % | top-2 % |"),
    ],
)
def test_other_uses_of_such_words_are_allowed(path, text, words):
    assert offences(path, text, words) == []
