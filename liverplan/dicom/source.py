"""Where DICOM files lie: a folder, a zip, a DICOMDIR or one file, behind one small interface.

A *Source* lists *Entries* and opens them; nothing is ever unpacked to disk, no path leaves the
chosen folder, and sizes and counts are capped before anything is read.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from liverplan.errors import DicomError

MAX_FILES = 50_000
MAX_FILE_BYTES = 4 * 1024**3
MAX_TOTAL_BYTES = 64 * 1024**3
MAX_ZIP_RATIO = 1100
"""Deflate cannot shrink by more than 1032:1; a zip that claims more is forged."""

OUTSIDE = (
    "it points outside the chosen folder, and links out of it are not followed; choose the folder "
    "that holds the files themselves, or copy them here"
)

Opener = Callable[[str], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a source: its name, relative to the source, its size, and why not to open it."""

    name: str
    size: int
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open place with DICOM files; `open` is safe to call from several threads."""

    path: Path
    entries: tuple[Entry, ...]
    opener: Opener

    def open(self, name: str) -> BinaryIO:
        """Open one entry for reading; it can seek.

        Raises
        ------
        DicomError
            If the file has gone, or the archive holding it is damaged.
        """
        try:
            return self.opener(name)
        except (OSError, KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            raise DicomError(f"{name} cannot be opened: {_short(error)}.") from error


@contextmanager
def open_source(path: Path | str) -> Iterator[Source]:
    """Open a folder, a zip file, a DICOMDIR or a single DICOM file.

    Raises
    ------
    DicomError
        If there is nothing at the path, or it holds too much.
    """
    path = Path(path)
    if path.is_dir():
        yield _folder(path)
    elif not path.exists():
        raise DicomError(f"There is no file or folder {path.name!r}.")
    elif not path.is_file():
        raise DicomError(f"{path.name} is neither a folder nor a regular file.")
    elif zipfile.is_zipfile(path):
        with _open_zip(path) as archive:
            yield _zipped(path, archive)
    elif path.name.upper() == "DICOMDIR":
        yield _dicomdir(path)
    else:
        yield _single(path)


def _folder(path: Path) -> Source:
    root = path.resolve()
    entries = []
    for file in sorted(p for p in root.rglob("*") if p.is_symlink() or not p.is_dir()):
        # walking follows no link, so that only a link itself can lead out of the folder
        entries.append(_entry(root, file, file.relative_to(root).as_posix(), direct=True))
        _check_count(path, len(entries))
    return _checked(path, entries, lambda name: (root / name).open("rb"))


def _entry(root: Path, file: Path, name: str, *, direct: bool = False) -> Entry:
    """Describe a file; a fault if it is not a regular file inside the folder."""
    try:
        state = file.lstat()
        if stat.S_ISLNK(state.st_mode) or not direct:
            if not file.resolve(strict=True).is_relative_to(root):
                return Entry(name=name, size=0, fault=OUTSIDE)
            state = file.stat()
    except FileNotFoundError:
        return Entry(name=name, size=0, fault="it is a link to nothing")
    except (OSError, RuntimeError) as error:
        return Entry(name=name, size=0, fault=f"it cannot be opened: {_short(error)}")
    if not stat.S_ISREG(state.st_mode):
        return Entry(name=name, size=0, fault="it is not a regular file")
    return Entry(name=name, size=state.st_size, fault=_size_fault(state.st_size))


def _single(path: Path) -> Source:
    entry = _entry(path.resolve().parent, path.resolve(), path.name)
    return _checked(path, [entry], lambda _: path.open("rb"))


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DicomError(f"{path.name} is a damaged zip file: {_short(error)}.") from error


def _zipped(path: Path, archive: zipfile.ZipFile) -> Source:
    infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
    _check_count(path, len(infos))
    by_name: dict[str, zipfile.ZipInfo] = {}
    entries = []
    for info in infos:
        name = _unique(info.filename, by_name)
        by_name[name] = info
        entries.append(Entry(name=name, size=info.file_size, fault=_zip_fault(info)))
    # ZipExtFile can seek and read, which is all that BinaryIO promises here
    return _checked(path, entries, lambda name: cast("BinaryIO", archive.open(by_name[name])))


def _unique(name: str, taken: dict[str, zipfile.ZipInfo]) -> str:
    """Two members of a zip may bear one name; both are kept."""
    copy = 2
    unique = name
    while unique in taken:
        unique = f"{name} ({copy})"
        copy += 1
    return unique


def _zip_fault(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.file_size > MAX_ZIP_RATIO * max(info.compress_size, 1):
        return "its compressed size is forged (a zip bomb)"
    if info.filename.lower().endswith(".zip"):
        return "it is a zip within the zip, which is not opened"
    return _size_fault(info.file_size)


def _dicomdir(path: Path) -> Source:
    # imported here: the header parser itself reads through sources
    from liverplan.dicom.dicomdir import referenced_files  # noqa: PLC0415

    root = path.resolve().parent
    entries = []
    for name in referenced_files(path):
        if "\0" in name:
            entries.append(Entry(name=name.replace("\0", "?"), size=0, fault="it is no file name"))
            continue
        file = root.joinpath(*name.split("/"))
        if file.exists() or file.is_symlink():
            entries.append(_entry(root, file, name))
        else:
            entries.append(
                Entry(name=name, size=0, fault="the DICOMDIR names it, but it is absent")
            )
        _check_count(path, len(entries))
    return _checked(path, entries, lambda name: root.joinpath(*name.split("/")).open("rb"))


def _checked(path: Path, entries: list[Entry], opener: Opener) -> Source:
    total = sum(entry.size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise DicomError(
            f"{path.name} holds {total / 1024**3:.0f} GB, more than the "
            f"{MAX_TOTAL_BYTES / 1024**3:.0f} GB that are read at once."
        )
    return Source(path=path, entries=tuple(entries), opener=opener)


def _check_count(path: Path, count: int) -> None:
    if count > MAX_FILES:
        raise DicomError(
            f"{path.name} holds more than {MAX_FILES} files; choose a folder inside it."
        )


def _size_fault(size: int) -> str:
    if size > MAX_FILE_BYTES:
        return f"it is larger than {MAX_FILE_BYTES / 1024**3:.0f} GB"
    return "it is empty" if size == 0 else ""


def _short(error: BaseException) -> str:
    """Say what the system said, without its paths."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0][:120].rstrip(".")
