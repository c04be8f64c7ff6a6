"""Weights on disk: where they are, and the check that they are what their cards describe."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_core.errors import ModelError

_INSTALLED: Final = Path(__file__).resolve().with_name("models")  # a wheel holds them inside
_CHECKOUT: Final = _INSTALLED.parents[1] / "models"
MODELS_FOLDER: Final = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
VENDOR_FOLDER: Final = MODELS_FOLDER / "vendor"


def sha256_of(content: bytes) -> str:
    """Return the sha256 of a file's content as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_verified(path: Path, sha256: str | None, *, advice: str) -> bytes:
    """Return the content of a weights file after checking its digest.

    Args:
        path: The file.
        sha256: The digest it should have. None is refused: the card names no digest.
        advice: The sentence that ends each message: how to get the right file.

    Raises:
        ModelError: The file is missing, unreadable, or has another digest.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"Cannot read the weights {path}: {error.strerror}. {advice}") from error
    found = sha256_of(content)
    if found != sha256:
        raise ModelError(f"{path} was changed: expected sha256 {sha256}, got {found}. {advice}")
    return content


@dataclass(frozen=True, slots=True)
class VendorFile:
    """A third-party file under `models/vendor/`.

    Attributes:
        relative_path: Path below `models/vendor/`.
        sha256: Its digest on the day its licence was checked.
    """

    relative_path: str
    sha256: str

    def read_verified(self, root: Path = VENDOR_FOLDER) -> bytes:
        """Return the content of the file after checking its digest.

        Args:
            root: Folder that `relative_path` starts from.

        Raises:
            ModelError: The file is missing, unreadable, or not the one that was vendored.
        """
        return read_verified(
            root / self.relative_path,
            self.sha256,
            advice="Restore it (git checkout -- models/vendor), or install Cue again.",
        )
