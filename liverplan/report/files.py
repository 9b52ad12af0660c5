"""Writing a report so that a failure leaves what was there before."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from liverplan.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file wholly or not at all.

    Raises
    ------
    InputError
        If the disk refuses; what was there before is unchanged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"The report {path} cannot be written ({reason}); what was there before is unchanged."
        ) from error
