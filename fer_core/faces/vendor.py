"""Third-party weights: found under `models/vendor/`, used only if their digest is the known one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fer_core.errors import ModelError

VENDOR_DIR = Path(__file__).resolve().parents[2] / "models" / "vendor"


@dataclass(frozen=True, slots=True)
class VendorFile:
    """A file under `models/vendor/` and the sha256 it had when its licence was read."""

    relative_path: str
    sha256: str

    def read_verified(self, root: Path = VENDOR_DIR) -> bytes:
        """Return the file's bytes.

        Args:
            root: Folder that `relative_path` starts from.

        Raises:
            ModelError: The file is missing, unreadable, or not the one that was vendored.
        """
        path = root / self.relative_path
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"Cannot read the vendored weights {path}: {error.strerror}. "
                "Restore it from the repository: git checkout -- models/vendor"
            ) from error
        digest = hashlib.sha256(content).hexdigest()
        if digest != self.sha256:
            raise ModelError(
                f"{path} was changed: expected sha256 {self.sha256}, got {digest}. "
                "Restore it from the repository: git checkout -- models/vendor"
            )
        return content
