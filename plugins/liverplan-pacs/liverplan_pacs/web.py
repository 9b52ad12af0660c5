"""DICOMweb: QIDO finds, WADO fetches, STOW sends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import requests
from dicomweb_client import DICOMwebClient

from liverplan.errors import BackendError, LiverplanError
from liverplan_pacs.archive import (
    FoundSeries,
    Told,
    read_files,
    require_all,
    stop_if,
    whole_or_not,
)
from liverplan_pacs.config import Settings

T = TypeVar("T")


class WebArchive:
    """An archive behind a DICOMweb URL."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        session = requests.Session()
        session.verify = settings.tls_ca or True
        if settings.tls_certificate:
            session.cert = (settings.tls_certificate, settings.tls_key)
        if settings.token_variable:
            token = os.environ.get(settings.token_variable, "")
            session.headers["Authorization"] = f"Bearer {token}"
        self._client = DICOMwebClient(settings.url, session=session)

    def find(self, *, patient_id: str = "", study_uid: str = "") -> list[FoundSeries]:
        """List the series of a patient or a study."""
        filters = {"PatientID": patient_id} if patient_id else {}
        answers = self._ask(
            lambda: self._client.search_for_series(
                study_instance_uid=study_uid or None,
                search_filters=filters,
                fields=["NumberOfSeriesRelatedInstances", "SeriesDescription", "StudyDate"],
            )
        )
        return [_series(answer) for answer in answers]

    def fetch(
        self,
        series: FoundSeries,
        folder: Path,
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Fetch a series into a folder that appears whole or not at all."""
        with whole_or_not(folder) as place:
            self._ask(lambda: self._stream(series, place, progress, cancel))
            require_all(place, series.images, self._settings.name)
        return folder

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
            if progress is not None:
                progress(min(1.0, n / (series.images or n)), f"Fetched {n} images")

    def send(
        self,
        paths: Sequence[Path],
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        """Send files; done only when the archive has confirmed each."""
        for n, (path, dataset) in enumerate(zip(paths, read_files(paths), strict=True), 1):
            stop_if(cancel)
            answer = self._ask(lambda dataset=dataset: self._client.store_instances([dataset]))
            if answer.get("FailedSOPSequence"):
                raise BackendError(f"{self._settings.name} refused {path.name}.")
            if progress is not None:
                progress(n / len(paths), f"Sent {path.name}")

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


def _series(answer: dict[str, dict[str, Any]]) -> FoundSeries:
    def value(tag: str) -> str:
        values = answer.get(tag, {}).get("Value") or [""]
        return str(values[0])

    images = value("00201209")
    return FoundSeries(
        study_uid=value("0020000D"),
        series_uid=value("0020000E"),
        modality=value("00080060"),
        description=value("0008103E"),
        study_date=value("00080020"),
        patient_id=value("00100020"),
        images=int(images) if images.isdigit() else None,
    )
