"""Archives that misbehave: each ends in one sentence, keeps nothing, and leaves nothing behind."""

import threading

import pytest
from misbehaving import dimse, web
from misbehaving.images import COUNT, PATIENT, SERIES, STUDY

from liverplan.dicom.archive import ArchiveError, FoundSeries, Query, open_archive
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


def ask(way, folder, settings, limits=LIMITS):
    (folder / "pacs.toml").write_text(f"[archives.ward]\n{settings}{way.settings}{limits}")
    archive = open_archive("ward", folder / "pacs.toml")
    if way.asked == "find":
        archive.find(Query(patient_id=PATIENT))
    else:
        archive.fetch(SERIES_ASKED_FOR, folder / "ct")


@pytest.mark.parametrize(("kind", "way"), QUICK)
def test_each_way_ends_as_it_must_and_leaves_nothing(kind, way, tmp_path):
    with kind.serving(way) as server:
        before = set(threading.enumerate())
        if way.says:
            with pytest.raises(ArchiveError) as refusal:
                ask(way, tmp_path, server.settings)
            assert refusal.value.says.key == way.says
            for language in LANGUAGES:
                sentence = words_of(language).say(refusal.value.says)
                assert sentence.endswith(".")
                assert PATIENT not in sentence
            assert [path.name for path in tmp_path.iterdir()] == ["pacs.toml"]
        else:
            ask(way, tmp_path, server.settings)
            kept = sorted(path.name for path in tmp_path.glob("ct/*"))
            assert kept == (KEPT if way.asked == "fetch" else [])
        assert {t for t in threading.enumerate() if t.name.startswith("liverplan")} <= before
