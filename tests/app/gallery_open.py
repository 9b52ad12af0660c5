"""An archive that is searched and a zip of several series, for `tests.app.gallery`."""

import zipfile


def searched(person, shot):
    """Search an archive that stands in for a hospital's."""
    from unittest.mock import patch

    from liverplan.dicom import archive
    from tests.app.test_archives import SERIES, Fake, search

    fake = Fake(person.app.context.home / "sample")
    with (
        patch.object(archive, "archive_names", lambda: ["ward"]),
        patch.object(archive, "archive_faults", dict),
        patch.object(archive, "open_archive", lambda _name: fake),
    ):
        person.app.archive.ask()
        search(person, SERIES.patient_id)
        person.click_row(person.app.archive.table, 0)
        shot("archive_found")


def two_series(folder, sample):
    """A zip with the sample and a series that cannot be used: every third slice is missing."""
    from liverplan.dicom.write_ct import write_ct_series
    from liverplan.phantom import make_phantom

    small = make_phantom(spacing_mm=(10, 4, 4), seed=5)
    write_ct_series(small.volume, folder, seed=9)
    for number, path in enumerate(sorted(folder.glob("*.dcm"))):
        if number % 7 in (3, 4):
            path.unlink()
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.glob("*.dcm")):
            packed.write(path, f"gaps/{path.name}")
        for path in sorted(sample.glob("*.dcm")):
            packed.write(path, f"sample/{path.name}")
    third = write_ct_series(make_phantom(spacing_mm=(5, 3, 3), seed=6).volume, folder, seed=4)
    with zipfile.ZipFile(archive, "a") as packed:
        for path in third:
            packed.write(path, f"third/{path.name}")
    return archive
