"""DICOMweb: QIDO finds, WADO fetches, STOW sends."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pydicom
from pydicom.datadict import tag_for_keyword

from liverplan.dicom.archive import ArchiveError, FoundSeries, Query
from liverplan.findings import Statement, Value
from liverplan_pacs.answers import Answers
from liverplan_pacs.arrivals import Arrivals
from liverplan_pacs.http import Server, connected
from liverplan_pacs.multipart import NotMultipartError, TornError, boundary_of, parts
from liverplan_pacs.transfer import Store, Transfers
from liverplan_pacs.watch import Watch, watched_search

Answer = Mapping[str, Any]
IMAGES = {"Accept": 'multipart/related; type="application/dicom"'}
JSON = {"Accept": "application/dicom+json, application/json"}
FAILED = f"{tag_for_keyword('FailedSOPSequence'):08X}"


class WebArchive(Transfers):
    """An archive behind a DICOMweb URL."""

    def find(self, query: Query, *, cancel: threading.Event | None = None) -> list[FoundSeries]:
        """List the series that a query names."""
        filters = {
            "PatientID": query.patient_id,
            "PatientName": re.sub(r"[\^ ]", "*", query.patient_name),  # what stands in any address
            "AccessionNumber": query.accession,
            "StudyInstanceUID": query.study_uid,
            "StudyDate": query.study_date,
        }
        given = {key: value for key, value in filters.items() if value}
        answers = Answers(query, self._settings.name)
        with (
            watched_search(self._settings, cancel) as watch,
            connected(self._settings, watch) as server,
        ):
            for study in map(_texts, self._listed(server, f"studies?{_encoded(given)}")):
                path = _series_path(answers.study_uid(study), query)
                for series in map(_texts, self._listed(server, path)):
                    answers.add(study, series)
        return answers.found

    def _listed(self, server: Server, path: str) -> list[Answer]:
        """Return the data sets that the archive lists there."""
        with server.asked(path, JSON) as response:
            text = b"".join(server.blocks(response))
        try:
            listed = json.loads(text) if text.strip() else []
        except (ValueError, RecursionError) as error:
            raise self._refusal("archive.not_understood") from error
        listed = [listed] if isinstance(listed, dict) else listed
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self._refusal("archive.not_understood")
        return listed

    def _retrieve(self, series: FoundSeries, arrivals: Arrivals, watch: Watch) -> None:
        path = f"studies/{series.study_uid}/series/{series.series_uid}"
        with connected(self._settings, watch) as server, server.asked(path, IMAGES) as response:
            try:
                boundary = boundary_of(response.headers.get("Content-Type", ""))
                blocks = server.blocks(response)
                place = arrivals.place_for_one
                for image in parts(blocks, boundary, place, "application/dicom"):
                    arrivals.keep(image)
            except NotMultipartError as error:
                raise self._refusal("archive.not_understood") from error
            except TornError as error:
                raise self._refusal("archive.torn") from error

    @contextmanager
    def _storing(self, datasets: Sequence[pydicom.Dataset], watch: Watch) -> Iterator[Store]:
        with connected(self._settings, watch) as server:
            yield lambda path, _dataset: self._store(server, path)

    def _store(self, server: Server, path: Path) -> None:
        mark = uuid.uuid4().hex
        kind = f'multipart/related; type="application/dicom"; boundary="{mark}"'
        head = f"--{mark}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        body = head + path.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        headers = {**JSON, "Content-Type": kind}
        with server.asked("studies", headers, method="POST", data=body) as response:
            answer = b"".join(server.blocks(response))
        if _tells_of_failure(answer):
            raise self._refusal("archive.refused_file", file=path.name)

    def _refusal(self, key: str, **values: Value) -> ArchiveError:
        return ArchiveError(Statement.of(key, archive=self._settings.name, **values))


def _series_path(study_uid: str, query: Query) -> str:
    asked = {"Modality": query.modality} if query.modality else {}
    fields = {"includefield": ["NumberOfSeriesRelatedInstances", "SeriesDescription"]}
    return f"studies/{study_uid}/series?{_encoded({**asked, **fields})}"


def _encoded(parameters: Mapping[str, str | list[str]]) -> str:
    """Return the query of an address; ``*`` may stand there, and some archives do not decode it."""
    return urlencode(parameters, doseq=True, safe="*")


def _texts(answer: Answer) -> Callable[[str], str]:
    """Return what gives an answer's first text by its keyword; empty where it has none."""

    def text(keyword: str) -> str:
        match answer.get(f"{tag_for_keyword(keyword):08X}"):
            case {"Value": [{"Alphabetic": str(name)}, *_]}:
                return name
            case {"Value": [str() | int() as first, *_]}:
                return str(first)
            case _:
                return ""

    return text


def _tells_of_failure(answer: bytes) -> bool:
    """Whether an archive that stored something says that it failed; it may answer nothing."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        return FAILED.encode() in answer  # in XML it stands there only then
    match told:
        case {**tags}:
            return bool((tags.get(FAILED) or {}).get("Value"))
        case _:
            return False
