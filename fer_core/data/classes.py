"""Classes and splits as data sets spell them, and what they mean to the models."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from fer_core.data.dataset import SPLITS, Split
from fer_core.errors import DataError
from fer_core.labels import FER2013_LABELS, LABEL_OF_SPELLING

MAX_CLASSES: Final = 200
_N_LABEL_CHARS: Final = 40
_NUMBERS: Final = tuple(map(str, range(len(FER2013_LABELS))))
_N_DIGITS: Final = 4
_PARTS: Final = re.compile(r"([^0-9]*)([0-9]{0,4})")
_VALIDATION: Final = "validation"
_TEST: Final = "test"
_SPLIT_OF_SPELLING: Final = {
    "train": "Training",
    "training": "Training",
    "publictest": "PublicTest",
    "privatetest": "PrivateTest",
    "val": _VALIDATION,
    "valid": _VALIDATION,
    "validation": _VALIDATION,
    "dev": _VALIDATION,
    "test": _TEST,
    "testing": _TEST,
}


def class_name(text: str) -> str:
    """Return the name of a class: one of FER2013's labels if it is one in another spelling.

    >>> class_name(" Happiness "), class_name("Arms crossed"), class_name("3")
    ('happy', 'arms crossed', '3')
    """
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split()).lower()
    return LABEL_OF_SPELLING.get(words, words[:_N_LABEL_CHARS])


def named_numbers(names: Sequence[str]) -> tuple[list[str], bool]:
    """Return names in which numbers became classes, and whether they became FER2013's.

    Only where all classes are numbers from 0 to 6 they are taken for FER2013's: in other data sets
    the numbers mean something else.

    >>> named_numbers(["3", "6"]), named_numbers(["3", "7"])
    ((['happy', 'neutral'], True), (['class 3', 'class 7'], False))
    """
    if names and set(names) <= set(_NUMBERS):
        return [FER2013_LABELS[int(name)] for name in names], True
    return [f"class {name}" if is_number(name) else name for name in names], False


def is_number(name: str) -> bool:
    """Return whether a class is given as a whole number."""
    return name.isascii() and name.isdigit() and len(name) <= _N_DIGITS


def sorted_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Return FER2013's labels, if there is one of them, then the other classes by name.

    Raises:
        DataError: There are too many: the column holds something else than classes.
    """
    found = set(names)
    if len(found) > MAX_CLASSES:
        raise DataError(
            f"Expected at most {MAX_CLASSES} classes, got over {MAX_CLASSES}; is the label in "
            "another column?"
        )
    known = FER2013_LABELS if found & set(FER2013_LABELS) else ()
    others = found - set(FER2013_LABELS)
    return (*known, *sorted(others, key=_with_numbers))


def _with_numbers(name: str) -> list[tuple[str, int]]:
    """Return a key that sorts "class 2" before "class 10"."""
    return [(text, int(number or 0)) for text, number in _PARTS.findall(name)]


def split_spelling(text: str) -> str | None:
    """Return a split's name, `validation` or `test`; None for any other text.

    >>> split_spelling("train"), split_spelling("Val"), split_spelling("happy")
    ('Training', 'validation', None)
    """
    return _SPLIT_OF_SPELLING.get(text.strip().lower())


def split_names(spellings: Iterable[str]) -> dict[str, Split]:
    """Return which of `SPLITS` each split is.

    A test split is measured on while a network is chosen, as FER2013's PublicTest, unless there is
    a validation split for that.

    >>> split_names(["Training", "test"])["test"]
    'PublicTest'
    >>> split_names(["Training", "validation", "test"])["test"]
    'PrivateTest'
    """
    found = set(spellings)
    test: Split = "PrivateTest" if _VALIDATION in found else "PublicTest"
    names: dict[str, Split] = {split: split for split in SPLITS}
    names |= {_VALIDATION: "PublicTest", _TEST: test}
    return {spelling: names[spelling] for spelling in found}
