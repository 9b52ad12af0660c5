"""Write the sample series anew: ``python sample_data/make.py`` from the project's root."""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path

from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import SAMPLE_SPACING_MM, make_phantom

HERE = Path(__file__).parent
EARLIEST = (1980, 1, 1, 0, 0, 0)


def main(folder: Path = HERE) -> None:
    """Write ``liver_phantom.zip`` and ``truth.json`` into a folder."""
    phantom = make_phantom(spacing_mm=SAMPLE_SPACING_MM)
    truth = json.dumps(phantom.truth.to_json(), indent=2) + "\n"
    (folder / "truth.json").write_text(truth, encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        files = write_ct_series(phantom.volume, Path(scratch))
        with zipfile.ZipFile(folder / "liver_phantom.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                entry = zipfile.ZipInfo(f"liver_phantom/{file.name}", EARLIEST)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
