"""What `test_orthanc` runs inside its own network: each protocol, and an archive that dies."""

import json
import os
import subprocess
import threading
import time
import urllib.request

import numpy as np
import pytest
from liverplan_pacs import load_settings

from liverplan.cli import main
from liverplan.dicom import (
    choose_series,
    find_series,
    read_series,
    stl_of,
    write_pdf,
    write_seg,
    write_sr,
    write_stl_object,
)
from liverplan.dicom.archive import FoundSeries, Query
from liverplan.dicom.archive import open_archive as by_name
from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError, CancelledError
from liverplan.findings import (
    Findings,
    RemnantFraction,
    SeriesSummary,
    Uncertainty,
    Volumes,
)
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume

CONFIG = """
[archives.web]
protocol = "dicomweb"
url = "http://127.0.0.1:8042/dicom-web"

[archives.get]
protocol = "dimse"
host = "127.0.0.1"
port = 4242
called_ae = "ORTHANC"
timeout_s = 5

[archives.move]
protocol = "dimse"
host = "127.0.0.1"
port = 4242
called_ae = "ORTHANC"
retrieve = "move"
timeout_s = 5
"""
ORTHANC = {
    "DicomAet": "ORTHANC",
    "DicomPort": 4242,
    "HttpPort": 8042,
    "RemoteAccessAllowed": False,
    "AuthenticationEnabled": False,
    "Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"],
    "DicomModalities": {"liverplan": ["LIVERPLAN", "127.0.0.1", 11113]},
    "DicomWeb": {"Enable": True},
}


def open_archive(config, name):
    return by_name(name, config)


class Orthanc:
    """One archive: started, killed, started again on the same store."""

    def __init__(self, folder):
        settings = {**ORTHANC, "StorageDirectory": str(folder / "store")}
        settings["IndexDirectory"] = settings["StorageDirectory"]
        self.config = folder / "orthanc.json"
        self.config.write_text(json.dumps(settings))
        self.process = None

    def start(self):
        binary = "/usr/sbin/Orthanc"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([binary, str(self.config)], **quiet)
        for _ in range(200):
            try:
                urllib.request.urlopen("http://127.0.0.1:8042/system", timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        raise RuntimeError("Orthanc did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory):
    server = Orthanc(tmp_path_factory.mktemp("orthanc")).start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "pacs.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A CT of 60 slices and what is sent back."""
    folder = tmp_path_factory.mktemp("case")
    affine = np.array([[0, 0, 0.8, -50], [0, 0.8, 0, -60], [2.0, 0, 0, -300], [0, 0, 0, 1.0]])
    grid = Grid(shape=(60, 256, 256), affine=affine, frame_uid="1.2.3.4")
    hu = np.random.default_rng(0).integers(-200, 200, grid.shape).astype(np.int16)
    write_ct_series(Volume(grid=grid, hu=hu), folder / "ct")
    ct = read_series(choose_series(find_series(folder / "ct")))
    labels = np.zeros(grid.shape, np.uint8)
    labels[10:20, 50:90, 50:90] = 1
    segmentation = Segmentation(grid=ct.volume.grid, labels=labels)
    write_seg(folder / "results" / "seg.dcm", segmentation, ct.headers)
    write_sr(folder / "results" / "sr.dcm", findings(), ct.headers, folder / "results" / "seg.dcm")
    write_pdf(folder / "results" / "report.dcm", b"%PDF-1.4\n%%EOF", ct.headers)
    surface = stl_of(segmentation.liver, ct.volume.grid)
    write_stl_object(folder / "results" / "liver.dcm", surface, ct.headers, name="Liver")
    return folder, ct


def findings():
    volumes = {"liver_ml": 256.0, "tumour_ml": 0.0, "functional_ml": 256.0}
    return Findings(
        series=SeriesSummary(uid="1.2", shape=(60, 256, 256), spacing_mm=(2.0, 0.8, 0.8)),
        volumes=Volumes(**volumes, remnant_ml=256.0, resected_ml=0.0),
        remnant_fraction=RemnantFraction(of_functional=1.0, of_liver=1.0),
        uncertainty=Uncertainty(interval_95=(1.0, 1.0), probability_above_threshold=1.0),
        threshold_fraction=0.3,
        margin_mm=None,
        lesions=(),
        criteria=(),
        eligibility="undecided",
    )


def fetched(archive, case, folder, **more):
    _, ct = case
    study = ct.headers.dataset().StudyInstanceUID
    (series,) = [s for s in archive.find(Query(study_uid=study)) if s.modality == "CT"]
    assert series.images == 60
    archive.fetch(series, folder, **more)
    return read_series(choose_series(find_series(folder)))


@pytest.mark.parametrize("name", ["get", "web"])
def test_push_and_find(orthanc, config, case, name):
    folder, ct = case
    archive = open_archive(config, name)
    told = []
    images = sorted((folder / "ct").iterdir())
    archive.send(images, progress=lambda fraction, words: told.append(fraction))
    assert told[-1] == 1.0
    found = archive.find(Query(patient_id=str(ct.headers.dataset().PatientID)))
    assert [s.series_uid for s in found] == [ct.info.uid]
    assert archive.find(Query(patient_id="nobody-of-this-name")) == []


@pytest.mark.parametrize("name", ["get", "move", "web"])
def test_fetch_gives_the_same_voxels(orthanc, config, case, tmp_path, name):
    told = []
    back = fetched(
        open_archive(config, name),
        case,
        tmp_path / "ct",
        progress=lambda fraction, words: told.append(fraction),
    )
    np.testing.assert_array_equal(back.volume.hu, case[1].volume.hu)
    np.testing.assert_allclose(back.volume.grid.affine, case[1].volume.grid.affine)
    assert told[-1] == 1.0
    assert [p.name for p in tmp_path.iterdir()] == ["ct"]


@pytest.mark.parametrize("name", ["get", "web"])
def test_results_lie_in_the_same_study(orthanc, config, case, name):
    folder, ct = case
    archive = open_archive(config, name)
    archive.send(sorted((folder / "results").iterdir()))
    found = archive.find(Query(study_uid=str(ct.headers.dataset().StudyInstanceUID)))
    assert sorted(s.modality for s in found) == ["CT", "DOC", "M3D", "SEG", "SR"]


@pytest.mark.parametrize("name", ["get", "move", "web"])
def test_a_cancelled_fetch_leaves_nothing(orthanc, config, case, tmp_path, name):
    stop = threading.Event()

    def after_a_few(fraction, words):
        if fraction > 0.05:
            stop.set()

    with pytest.raises(CancelledError):
        fetched(
            open_archive(config, name), case, tmp_path / "ct", progress=after_a_few, cancel=stop
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["get", "move", "web"])
def test_an_archive_that_dies_is_told_and_a_retry_completes(orthanc, config, case, tmp_path, name):
    archive = open_archive(config, name)

    def kill_early(fraction, words):
        if fraction > 0.05 and orthanc.process.poll() is None:
            orthanc.kill()

    with pytest.raises(BackendError, match=r"lost|sent|cannot be|failed"):
        fetched(archive, case, tmp_path / "ct", progress=kill_early)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BackendError):
        archive.find(Query(patient_id="x"))
    orthanc.start()
    assert fetched(archive, case, tmp_path / "ct").volume.grid.shape[0] == 60


def test_nothing_listens_once_a_move_is_over(orthanc, config, case, tmp_path):
    fetched(open_archive(config, "move"), case, tmp_path / "ct")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen("http://127.0.0.1:11113", timeout=1)


def test_a_series_that_is_not_there_is_refused(orthanc, config, tmp_path):
    absent = FoundSeries(study_uid="1.2", series_uid="1.3")
    with pytest.raises(BackendError):
        open_archive(config, "get").fetch(absent, tmp_path / "ct")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["get", "web"])
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"patient_name": "Phantom*"}, 1),
        ({"patient_name": "Phantom^Liver"}, 1),
        ({"study_date": "20200101-20200131"}, 1),
        ({"study_date": "20200103-"}, 0),
        ({"patient_id": "LIVERPLAN-PHANTOM", "modality": "CT"}, 1),
        ({"patient_id": "LIVERPLAN-PHANTOM", "modality": "US"}, 0),
        ({"patient_name": "Nobody*"}, 0),
    ],
)
def test_each_way_of_asking_finds_the_ct(orthanc, config, case, name, query, count):
    found = [s for s in open_archive(config, name).find(Query(**query)) if s.modality == "CT"]
    assert len(found) == count
    for series in found:
        assert (series.patient_id, series.study_date) == ("LIVERPLAN-PHANTOM", "20200102")
        assert series.patient_name.startswith("Phantom^Liver")
        assert (series.description, series.images) == ("Portal venous phantom", 60)


@pytest.mark.parametrize("name", ["get", "move", "web"])
def test_the_command_line_finds_fetches_and_sends(orthanc, config, case, tmp_path, capsys, name):
    folder, ct = case

    def run(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(["pacs", *map(str, arguments), "--config", str(config)])
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    study = str(ct.headers.dataset().StudyInstanceUID)
    status, out, _ = run("find", name, "--study-uid", study, "--modality", "CT", "--json")
    (row,) = json.loads(out)
    assert (status, row["series_uid"], row["images"]) == (0, ct.info.uid, 60)
    assert ct.info.uid in run("find", name, "--study-uid", study)[1]
    status, out, _ = run("fetch", name, study, ct.info.uid, tmp_path / "ct")
    assert (status, out.strip(), len(list((tmp_path / "ct").iterdir()))) == (
        *(0, str(tmp_path / "ct")),
        60,
    )
    status, out, _ = run("send", name, folder / "results")
    assert (status, out) == (0, f"4 objects sent to {name}.\n")
    assert run("list")[1].split() == ["web", "get", "move"]
    status, out, err = run("fetch", name, study, ct.info.uid, tmp_path / "ct")
    assert (status, out) == (1, "")
    assert err == "ct is there already and is not an empty folder.\n"
    status, out, err = run("find", name)
    assert (status, err.count("\n")) == (1, 1)


def test_settings_come_from_the_file(config):
    settings = load_settings(config)
    assert settings["move"].listen_host == "127.0.0.1"
    assert os.environ.get("TCP_NODELAY")
