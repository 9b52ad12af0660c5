"""Archives that misbehave: each ends in one sentence, keeps nothing, and leaves nothing behind."""

import contextlib
import io
import logging
import socket
import threading
import time
import warnings

import pytest
from misbehaving import dimse, web
from misbehaving.images import COUNT, PATIENT, SERIES, STUDY

from liverplan.dicom.archive import ArchiveError, FoundSeries, Query, open_archive
from liverplan.errors import CancelledError
from liverplan.words import LANGUAGES, words_of

LIMITS = "timeout_s = 5\ndeadline_s = 20\nlargest_mb = 20\n"
SERIES_ASKED_FOR = FoundSeries(
    study_uid=STUDY, series_uid=SERIES, modality="CT", patient_id=PATIENT, images=COUNT
)
KEPT = [f"{n:05d}.dcm" for n in range(1, COUNT + 1)]
QUICK = [
    pytest.param(kind, way, id=f"{kind.__name__.rpartition('.')[2]}: {way.name}")
    for kind in (web, dimse)
    for way in kind.WAYS
    if not way.slow
]


def ask(way, folder, settings, limits=LIMITS, cancel=None):
    (folder / "pacs.toml").write_text(f"[archives.ward]\n{settings}{limits}")
    archive = open_archive("ward", folder / "pacs.toml")
    if way.asked == "find":
        archive.find(Query(patient_id=PATIENT), cancel=cancel)
    else:
        archive.fetch(SERIES_ASKED_FOR, folder / "ct", cancel=cancel)


def refusal_of(way, folder, settings):
    """What asking ends in; None where it succeeds."""
    try:
        ask(way, folder, settings)
    except ArchiveError as refusal:
        return refusal
    return None


@pytest.mark.parametrize(("kind", "way"), QUICK)
def test_each_way_ends_as_it_must_and_leaves_nothing(kind, way, tmp_path):
    with kind.serving(way) as server:
        before = set(threading.enumerate())
        refusal = refusal_of(way, tmp_path, server.settings)
        if refusal is None:
            assert not way.says
            kept = sorted(path.name for path in tmp_path.glob("ct/*"))
            assert kept == (KEPT if way.asked == "fetch" else [])
        else:
            assert refusal.says.key in {way.says, way.or_says} - {""}
            for language in LANGUAGES:
                sentence = words_of(language).say(refusal.says)
                assert sentence.endswith(".")
                assert PATIENT not in sentence
            assert [path.name for path in tmp_path.iterdir()] == ["pacs.toml"]
        assert {t for t in threading.enumerate() if t.name.startswith("liverplan")} <= before


def way_of(kind, name):
    return next(way for way in kind.WAYS if way.name == name)


SILENT = [
    (web, "no answer after the connection was taken"),
    (web, "one byte a second of the headers"),
    (dimse, "no answer after the connection was taken"),
    (dimse, "one byte a second of an image"),
    (dimse, "silence while images should move"),
]


@pytest.mark.parametrize(("kind", "name"), SILENT)
def test_cancelling_ends_a_silent_archive_and_leaves_no_listener_or_thread(kind, name, tmp_path):
    way, cancel = way_of(kind, name), threading.Event()
    with kind.serving(way) as server:
        before = set(threading.enumerate())
        threading.Timer(0.3, cancel.set).start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            ask(way, tmp_path, server.settings, "timeout_s = 60\n", cancel=cancel)
        assert time.monotonic() - began < 20
        ours = {t for t in threading.enumerate() if "handle" not in t.name} - before
        assert not [t for t in ours if t.name.startswith("liverplan")]
        if getattr(server, "moves", False):
            with socket.socket() as one:
                assert one.connect_ex(("127.0.0.1", server.listen)) != 0
    assert [path.name for path in tmp_path.iterdir()] == ["pacs.toml"]


@pytest.mark.parametrize("kind", [web, dimse])
def test_a_whole_fetch_has_a_limit_of_time_however_it_drips(kind, tmp_path):
    way = way_of(kind, "one byte a second of an image")
    with kind.serving(way) as server, pytest.raises(ArchiveError) as refusal:
        ask(way, tmp_path, server.settings, "deadline_s = 1\n")
    assert str(refusal.value) == "ward did not finish within 1 s, so nothing was kept."


@pytest.mark.parametrize("kind", [web, dimse])
def test_no_log_names_a_patient_and_no_message_a_token(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("WARD_TOKEN", "very-secret")
    named = 'token_variable = "WARD_TOKEN"\n'
    written = io.StringIO()
    everything = logging.StreamHandler(written)
    monkeypatch.setattr(logging.root, "handlers", [everything])
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    logging.getLogger("somebody").debug("said")
    for way in kind.WAYS:
        if way.asked == "find" and not way.slow:
            with kind.serving(way) as server, contextlib.suppress(ArchiveError):
                ask(way, tmp_path, server.settings, named + LIMITS)
    refused = way_of(web, "status 401 Unauthorized with an endless page")
    with web.serving(refused) as server, pytest.raises(ArchiveError) as refusal:
        ask(refused, tmp_path, server.settings, named)
    assert "secret" not in str(refusal.value)
    assert written.getvalue().startswith("said\n")
    assert PATIENT not in written.getvalue()
    assert "secret" not in written.getvalue()


def test_no_warning_prints_what_an_archive_answers(tmp_path, recwarn):
    warnings.simplefilter("always")
    way = way_of(dimse, "a path as a UID answered")
    with dimse.serving(way) as server, pytest.raises(ArchiveError):
        ask(way, tmp_path, server.settings)
    assert [str(warning.message) for warning in recwarn] == []
