"""The command line: find, fetch, send."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from liverplan.errors import LiverplanError
from liverplan_pacs.archive import FoundSeries
from liverplan_pacs.config import open_archive


def main() -> None:
    """Run one verb; exit 1 with one sentence if it is refused."""
    options = _options()
    try:
        _run(options)
    except LiverplanError as error:
        sys.exit(str(error))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="liverplan-pacs", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    verbs = parser.add_subparsers(dest="verb", required=True)
    find = verbs.add_parser("find", help="list the series of a patient or study as JSON")
    find.add_argument("archive")
    find.add_argument("--patient-id", default="")
    find.add_argument("--study-uid", default="")
    fetch = verbs.add_parser("fetch", help="fetch a series into a new folder")
    fetch.add_argument("archive")
    fetch.add_argument("study_uid")
    fetch.add_argument("series_uid")
    fetch.add_argument("folder", type=Path)
    send = verbs.add_parser("send", help="send files")
    send.add_argument("archive")
    send.add_argument("paths", type=Path, nargs="+")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> None:
    archive = open_archive(options.config, options.archive)
    if options.verb == "find":
        found = archive.find(patient_id=options.patient_id, study_uid=options.study_uid)
        json.dump([asdict(series) for series in found], sys.stdout, indent=1)
    elif options.verb == "fetch":
        wanted = FoundSeries(study_uid=options.study_uid, series_uid=options.series_uid)
        found = [
            s for s in archive.find(study_uid=wanted.study_uid) if s.series_uid == wanted.series_uid
        ]
        archive.fetch(found[0] if found else wanted, options.folder)
    else:
        archive.send(options.paths)


if __name__ == "__main__":
    main()
