"""DICOMweb: QIDO finds, WADO fetches, STOW sends."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pydicom
import requests
from dicomweb_client import DICOMwebClient
from pydicom.datadict import tag_for_keyword
from requests.adapters import HTTPAdapter

from liverplan.dicom.archive import FoundSeries, Query, Told
from liverplan.errors import BackendError, LiverplanError
from liverplan_pacs.config import Settings
from liverplan_pacs.transfer import (
    Store,
    Transfers,
    found_series,
    stop_if,
    tell_fetched,
    tls_context,
)

T = TypeVar("T")
Answer = dict[str, dict[str, Any]]


class _Adapter(HTTPAdapter):
    """Three things that requests leaves to chance.

    ``*`` stays in an address as it is: it may stand there, and some archives do not decode it. The
    certificates that the configuration names count, even where the environment names others. No
    answer is waited for longer than the configuration says.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._authority, self._timeout_s = settings.tls_ca, settings.timeout_s

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests' own
        timeout: Any = None,  # noqa: ANN401
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,  # noqa: ANN401
        proxies: Any = None,  # noqa: ANN401
    ) -> requests.Response:
        """Send a request."""
        request.url = (request.url or "").replace("%2A", "*")
        timeout = timeout or self._timeout_s
        return super().send(request, stream, timeout, self._authority or verify, cert, proxies)


class WebArchive(Transfers):
    """An archive behind a DICOMweb URL."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        session = requests.Session()
        for start in ("http://", "https://"):
            session.mount(start, _Adapter(settings))
        tls_context(settings)  # refuses what cannot be read before anything is sent
        if settings.tls_certificate:
            session.cert = (settings.tls_certificate, settings.tls_key)
        if settings.token_variable:
            token = os.environ.get(settings.token_variable, "")
            session.headers["Authorization"] = f"Bearer {token}"
        self._client = DICOMwebClient(settings.url, session=session)
        self._client.set_http_retry_params(retry=False)  # a failure is told at once

    def find(self, query: Query) -> list[FoundSeries]:
        """List the series that a query names."""
        filters = {
            "PatientID": query.patient_id,
            "PatientName": re.sub(r"[\^ ]", "*", query.patient_name),  # what stands in any address
            "AccessionNumber": query.accession,
            "StudyInstanceUID": query.study_uid,
            "StudyDate": query.study_date,
        }
        given = {key: value for key, value in filters.items() if value}
        studies = self._ask(lambda: self._client.search_for_studies(search_filters=given))
        return [found for study in studies for found in self._series(study, query)]

    def _series(self, study: Answer, query: Query) -> list[FoundSeries]:
        answers = self._ask(
            lambda: self._client.search_for_series(
                study_instance_uid=_texts(study)("StudyInstanceUID"),
                search_filters={"Modality": query.modality} if query.modality else {},
                fields=["NumberOfSeriesRelatedInstances", "SeriesDescription"],
            )
        )
        return [found_series(_texts(study), _texts(answer)) for answer in answers]

    def _retrieve(
        self,
        series: FoundSeries,
        place: Path,
        progress: Told | None,
        cancel: threading.Event | None,
    ) -> None:
        self._ask(lambda: self._stream(series, place, progress, cancel))

    def _stream(
        self,
        series: FoundSeries,
        place: Path,
        progress: Told | None,
        cancel: threading.Event | None,
    ) -> None:
        images = self._client.iter_series(series.study_uid, series.series_uid)
        for n, image in enumerate(images, 1):
            stop_if(cancel)
            image.save_as(place / f"{n:05d}.dcm", enforce_file_format=True)
            tell_fetched(progress, n, series.images)

    @contextmanager
    def _storing(self, datasets: Sequence[pydicom.Dataset]) -> Iterator[Store]:
        yield self._store  # no connection is kept

    def _store(self, path: Path, dataset: pydicom.Dataset) -> None:
        answer = self._ask(lambda: self._client.store_instances([dataset]))
        if answer.get("FailedSOPSequence"):
            raise BackendError(f"{self._settings.name} refused {path.name}.")

    def _ask(self, question: Callable[[], T]) -> T:
        """Ask the server, and say in words what went wrong."""
        name = self._settings.name
        try:
            return question()
        except LiverplanError:
            raise
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else "an error"
            raise BackendError(f"{name} answered with status {status}.") from error
        except (requests.RequestException, OSError) as error:
            raise BackendError(f"The connection to {name} failed or was lost.") from error
        except Exception as error:
            raise BackendError(f"The answer of {name} cannot be understood.") from error


def _texts(answer: Answer) -> Callable[[str], str]:
    """Return what gives an answer's first text by its keyword."""

    def text(keyword: str) -> str:
        values = answer.get(f"{tag_for_keyword(keyword):08X}", {}).get("Value")
        first = (values or [""])[0]
        return str(first.get("Alphabetic", "")) if isinstance(first, dict) else str(first)

    return text
