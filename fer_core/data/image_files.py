"""Where the image files of a collection come from: a folder, an upload of one, or a zip of one.

Names are relative and use `/`. A name from outside is only ever looked up among those that the
folder, the upload or the zip really holds.
"""

import io
import os
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Final, Protocol

import numpy as np

from fer_core.data.dataset import MAX_FACES
from fer_core.data.streams import DAMAGE
from fer_core.errors import DataError, ImageError
from fer_core.image import MAX_BYTES, decode_image, read_image

ENDINGS: Final = frozenset(
    (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif")
)
MAX_UNPACKED: Final = 4_000_000_000  # bytes of all images of a zip; each has `image.MAX_BYTES`
# what zipfile raises: RuntimeError for a password, NotImplementedError for an unknown compression
_ARCHIVE_ERRORS: Final = (*DAMAGE, ValueError, RuntimeError, NotImplementedError)


class NamedBuffer(Protocol):
    """A file in memory with the name that its sender gave it; the name is never used as a path."""

    @property
    def name(self) -> str:
        """Name of the file, with `/` where it comes from a folder."""

    def getbuffer(self) -> memoryview:
        """Return the content without copying it."""


class ImageFiles(Protocol):
    """Files that can be read by name."""

    @property
    def name(self) -> str:
        """Name of the whole, for people."""

    def names(self) -> list[str]:
        """Return the names of all files, sorted; hidden ones are left out."""

    def open(self, name: str) -> BinaryIO:
        """Return one of `names`, open.

        Raises:
            DataError: It cannot be opened.
        """

    def read_frame(self, name: str) -> np.ndarray:
        """Return the image in a file, BGR.

        Raises:
            ImageError: There is no such file, or it cannot be read.
        """


def is_image(name: str) -> bool:
    """Return whether the ending of a name is that of an image."""
    return PurePosixPath(name).suffix.lower() in ENDINGS


def relative_name(text: str) -> str:
    r"""Return a file's name in a list as `ImageFiles` spells it, with `/` and without detours.

    Raises:
        ValueError: It is empty, or leads out of the folder of the list.

    >>> relative_name("./happy\\\\a.jpg")
    'happy/a.jpg'
    """
    path = PureWindowsPath(text.strip())
    if not path.parts or "\0" in text:
        raise ValueError("expected the name of a file, got none.")
    if path.drive or path.root or ".." in path.parts:
        raise ValueError(f"expected a file in the folder of the list, got {text[:40]!r}.")
    return path.as_posix()


class FolderFiles:
    """The files in a folder and its folders; links to folders are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = folder.resolve().name

    def names(self) -> list[str]:
        """See `ImageFiles`.

        Raises:
            DataError: The folder cannot be listed, or holds too many files.
        """

        def refuse(error: OSError) -> None:
            raise DataError(
                f"Expected a folder at {error.filename}, but it cannot be listed: {error.strerror}."
            ) from error

        found: list[str] = []
        for root, folders, files in os.walk(self._folder, onerror=refuse):
            folders[:] = [folder for folder in folders if not folder.startswith(".")]
            base = Path(root).relative_to(self._folder)
            found += [(base / file).as_posix() for file in files]
            _check_number(len(found), self.name)
        return _visible(found)

    def open(self, name: str) -> BinaryIO:
        """See `ImageFiles`."""
        path = self._folder / name
        if not path.is_file():  # a pipe would never end
            raise DataError(f"Expected a file {name} in {self.name}, got none.")
        try:
            return path.open("rb")
        except OSError as error:
            raise DataError(f"{name} cannot be read: {error.strerror}.") from error

    def read_frame(self, name: str) -> np.ndarray:
        """See `ImageFiles`."""
        path = self._folder / name
        try:
            return read_image(path)
        except ImageError as error:
            raise ImageError(str(error).replace(str(path), name, 1)) from error


class UploadedFiles:
    """The files of a folder that a browser sent: all in memory."""

    def __init__(self, files: Sequence[NamedBuffer]) -> None:
        _check_number(len(files), "The upload")
        self._files = {"/".join(PurePosixPath(file.name).parts): file for file in files}
        first = PurePosixPath(files[0].name).parts if files else ()
        self.name = first[0] if len(first) > 1 else "upload"

    def names(self) -> list[str]:
        """See `ImageFiles`."""
        return _visible(self._files)

    def open(self, name: str) -> BinaryIO:
        """See `ImageFiles`."""
        return io.BytesIO(self._files[name].getbuffer())

    def read_frame(self, name: str) -> np.ndarray:
        """See `ImageFiles`."""
        if name not in self._files:
            raise _missing(name)
        return decode_image(bytes(self._files[name].getbuffer()), source=name)


class ZippedFiles:
    """The files in a zip; what is unpacked is bounded, and is never written to a disk."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        _check_number(len(archive.namelist()), name)
        self._archive = archive
        self._entries = {entry.filename: entry for entry in archive.infolist()}
        self._n_left = MAX_UNPACKED
        self.name = name

    def names(self) -> list[str]:
        """See `ImageFiles`."""
        return _visible(name for name, entry in self._entries.items() if not entry.is_dir())

    def open(self, name: str) -> BinaryIO:
        """See `ImageFiles`."""
        try:
            content = self._read(name)
        except ImageError as error:
            raise DataError(str(error)) from error
        if len(content) > MAX_BYTES:
            raise DataError(
                f"{name} in the zip has over {MAX_BYTES // 10**6} MB; unpack the zip and use the "
                "folder."
            )
        return io.BytesIO(content)

    def _read(self, name: str) -> bytes:
        try:
            with self._archive.open(self._entries[name]) as member:
                content = member.read(MAX_BYTES + 1)
        except _ARCHIVE_ERRORS as error:
            raise ImageError(
                f"{name} cannot be unpacked; unpack the zip with another program."
            ) from error
        self._n_left -= len(content)
        if self._n_left < 0:
            raise DataError(f"{self.name} unpacks to over {MAX_UNPACKED // 10**9} GB; split it.")
        return content

    def read_frame(self, name: str) -> np.ndarray:
        """See `ImageFiles`."""
        if name not in self._entries:
            raise _missing(name)
        return decode_image(self._read(name), source=name)


class NestedFiles:
    """The files of one folder among others."""

    def __init__(self, files: ImageFiles, folder: str) -> None:
        self._files = files
        self._start = f"{folder}/"
        self.name = files.name

    def names(self) -> list[str]:
        """See `ImageFiles`."""
        names = self._files.names()
        return [name.removeprefix(self._start) for name in names if name.startswith(self._start)]

    def open(self, name: str) -> BinaryIO:
        """See `ImageFiles`."""
        return self._files.open(self._start + name)

    def read_frame(self, name: str) -> np.ndarray:
        """See `ImageFiles`."""
        return self._files.read_frame(self._start + name)


def open_zip(raw: BinaryIO, name: str) -> zipfile.ZipFile:
    """Return a zip, opened.

    Raises:
        DataError: It is damaged.
    """
    try:
        return zipfile.ZipFile(raw)
    except _ARCHIVE_ERRORS as error:
        raise DataError(f"{name} is a damaged zip; download or pack it again.") from error


def _visible(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if not _is_hidden(name))


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _check_number(n: int, name: str) -> None:
    if n > MAX_FACES:
        raise DataError(f"{name} holds over {MAX_FACES:,} images; FER2013 has 35,887.")


def _missing(name: str) -> ImageError:
    return ImageError(f"{name[:60]!r}: expected an image beside the list, got none.")
