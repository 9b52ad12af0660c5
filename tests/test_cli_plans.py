"""Plans of any cuts on the command line: made, kept, measured again, reported; each refusal."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from liverplan.case import open_case
from liverplan.cli import main
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.resection import Parts, Wedge
from liverplan.segmentation import read_mask_file
from tests.resection.test_couinaud import CLICKS

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))
LANDMARKS = "[points_mm]\n" + "".join(f"{k} = {list(v)}\n" for k, v in CLICKS.items())
FAR_LEFT = "\n[[cuts]]\nkind = 'plane'\npoint_mm = [50, 0, 0]\nnormal = [-1, 0, 0]\n"


@pytest.fixture
def run(capsys):
    """Run a command; give its exit status, stdout and stderr."""

    def command(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return command


@pytest.fixture
def assess(run, small, tmp_path):
    """Assess the small CT with its true masks; give exit status, findings or "", stderr."""

    def command(*arguments, out="case"):
        status, said, err = run(
            "assess", small.ct, "--out", tmp_path / out, "--liver", small.liver,
            "--lesions", small.lesions, *arguments, "--json",
        )  # fmt: skip
        return status, json.loads(said) if said else "", err.strip()

    return command


@pytest.fixture
def landmarks(tmp_path):
    path = tmp_path / "landmarks.toml"
    path.write_text(LANDMARKS, "utf-8")
    return path


@pytest.fixture
def plan(tmp_path):
    def write(text, name="plan.toml"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


@pytest.fixture
def segment_file(small, tmp_path):
    """Write labels by place: left of the midline the values given, right of it 5 to 8."""

    def write(values, name="segments.nii.gz", liver=small.liver):
        grid = small.phantom.segmentation.grid
        inside = read_mask_file(liver, grid).any
        x = grid.to_mm(np.argwhere(inside))[:, 0]
        edges = np.quantile(x, np.linspace(0, 1, len(values) + 1)[1:-1])
        image = sitk.ReadImage(str(liver))
        array = np.zeros(inside.shape, np.uint16)
        array[inside] = np.array(values)[np.searchsorted(edges, x)]
        out = sitk.GetImageFromArray(array)
        out.CopyInformation(image)
        sitk.WriteImage(out, str(tmp_path / name))
        return tmp_path / name

    return write


def parts_sum(findings):
    volumes = findings["volumes_ml"]
    return volumes["remnant"] + volumes["resected"] - volumes["functional"]


def test_a_named_resection_by_landmarks(assess, run, landmarks, tmp_path):
    status, findings, _ = assess("--resection", "right hemihepatectomy", "--landmarks", landmarks)
    assert status == 0
    assert parts_sum(findings) == pytest.approx(0, abs=1e-6)
    (cut,) = findings["cuts"]
    assert (cut["kind"], cut["name"]) == ("parts", "right hemihepatectomy")
    assert cut["parts"] == ["5", "6", "7", "8"]
    assert cut["removes_ml"] == pytest.approx(findings["volumes_ml"]["resected"])
    assert findings["plan"] == "right hemihepatectomy"
    shares = {row["name"]: row["share_fraction"] for row in findings["segments"]}
    assert sum(shares.values()) == pytest.approx(1)
    right = sum(shares[name] for name in ("5", "6", "7", "8"))
    assert findings["remnant_fraction"]["of_functional"] == pytest.approx(1 - right, abs=1e-6)
    low, high = findings["interval_95"]
    assert low < findings["remnant_fraction"]["of_functional"] < high
    assert any("judged by the surgeon" in note for note in findings["notes"])

    state = open_case(tmp_path / "case").state
    assert isinstance(state.plan.cuts[0], Parts)
    assert set(state.record.landmarks.to_json()["points_mm"]) == set(CLICKS)
    assert json.loads(run("measure", tmp_path / "case", "--json")[1]) == findings
    assert run("verify", tmp_path / "case")[0] == 0


def test_a_plan_and_a_plane_together_are_their_union(assess, landmarks):
    options = ("--resection", "left lateral sectionectomy", "--landmarks", landmarks)
    alone = assess(*options, out="a")[1]["volumes_ml"]["remnant"]
    both = assess(*options, "--plane", CUT, out="b")[1]
    assert both["volumes_ml"]["remnant"] < alone
    assert [cut["kind"] for cut in both["cuts"]] == ["plane", "parts"]
    assert len(both["planes"]) == 1


def test_a_wedge_round_each_metastasis_keeps_its_margin(assess, tmp_path):
    options = [part for label in (2, 3, 4) for part in ("--wedge", f"{label}:8")]
    status, findings, err = assess(*options)
    assert status == 0, err
    assert [cut["kind"] for cut in findings["cuts"]] == ["wedge"] * 3
    assert all(lesion["margin_mm"] >= 7.9 for lesion in findings["lesions"])
    assert not any(lesion["in_remnant"] for lesion in findings["lesions"])
    assert all(isinstance(c, Wedge) for c in open_case(tmp_path / "case").state.plan.cuts)


def test_a_plan_file_may_lay_cuts_round_metastases_and_ablate(assess, plan):
    path = plan(
        """
        name = "wedge, ball and ablation"
        [[cuts]]
        kind = "wedge"
        around = 2
        margin_mm = 10
        direction = [-1, 0, 0]
        [[cuts]]
        kind = "sphere"
        around = 4
        margin_mm = 5
        [[cuts]]
        kind = "ablation"
        centre_mm = [-88, -15, -47]
        radii_mm = [22, 22, 22]
        axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        """
    )
    status, findings, err = assess("--resection", path)
    assert status == 0, err
    assert findings["plan"] == "wedge, ball and ablation"
    assert findings["volumes_ml"]["ablated"] > 10
    assert parts_sum(findings) == pytest.approx(0, abs=1e-6)
    assert not findings["lesions"][1]["in_remnant"], "an ablated metastasis does not stay"


@pytest.mark.parametrize("values", [(8, 7, 6, 5, 41, 42, 3, 2), (8, 7, 6, 5, 4, 3, 2)])
def test_segments_come_from_a_label_map(assess, segment_file, values):
    status, findings, err = assess("--resection", "H5678", "--segments", segment_file(values))
    assert status == 0, err
    names = [row["name"] for row in findings["segments"]]
    assert names == ["2", "3", "4a", "4b", "5", "6", "7", "8"]
    assert ("upper half" in " ".join(findings["notes"])) == (4 in values)
    assert findings["cuts"][0]["name"] == "right hemihepatectomy"
    assert findings["remnant_fraction"]["of_functional"] == pytest.approx(0.5, abs=0.1)


def test_segment_labels_that_are_none_are_refused(assess, segment_file):
    status, _, err = assess("--segments", segment_file((1, 2, 9)))
    assert status == 1
    assert "it also has 9" in err


def test_the_report_and_the_export_show_any_plan(assess, run, landmarks, tmp_path):
    assert assess("--resection", "H5678", "--landmarks", landmarks, "--wedge", "2:5")[0] == 0
    case = tmp_path / "case"
    assert run("report", case, "--out", tmp_path / "r.html")[0] == 0
    assert run("export", case, "--out", tmp_path / "dicom")[0] == 0
    names = {path.name for path in (tmp_path / "dicom").iterdir()}
    assert {"remnant.stl", "resected.stl", "segmentation.dcm"} <= names


@pytest.mark.usefixtures("searched_once")
def test_suggest_gives_the_best_of_each_family_with_its_caveat(assess, run, landmarks, tmp_path):
    assert assess("--plane", CUT, "--landmarks", landmarks)[0] == 0
    status, out, _ = run("suggest", tmp_path / "case", "--margin", "5", "--json")
    document = json.loads(out)
    assert status == 0
    families = {row["family"]: row for row in document["best"]}
    assert families.keys() >= {"plane", "wedges", "segments"}
    assert document["plane"].keys() == {"point_mm", "normal"}
    assert "must be judged by the surgeon" in document["caveat"]
    for points in document["family_fronts"].values():
        left = [point["remnant_ml"] for point in points]
        assert left == sorted(left, reverse=True)
    wedges = families["wedges"]
    assert wedges["options"] == "--wedge 2:5 --wedge 3:5 --wedge 4:5"
    again = assess(*wedges["options"].split(), out="again")[1]
    assert again["volumes_ml"]["remnant"] == pytest.approx(wedges["remnant_ml"])
    words = run("suggest", tmp_path / "case", "--margin", "5")[1]
    assert "--wedge 2:5 --wedge 3:5 --wedge 4:5" in words
    assert "--plane " in words
    assert "--resection " in words


def refused(answer):
    status, out, err = answer
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.endswith(".")
    assert "Traceback" not in err
    return err


SURFACE = """
[[cuts]]
kind = "surface"
origin_mm = [{x}, -20, -10]
axes = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
step_mm = [{step}, {step}]
heights_mm = [[0, 3, 0], [3, 5, 3], [0, 3, 0]]
"""


def test_a_surface_too_short_to_cut_through_is_refused(assess, plan):
    err = refused(assess("--resection", plan(SURFACE.format(x=-20, step=10))))
    assert "is too short to cut through: it ends inside the liver" in err


def test_a_cut_that_misses_is_refused(assess, plan):
    ball = "[[cuts]]\nkind = 'sphere'\ncentre_mm = [500, 0, 0]\nradius_mm = 10\n"
    assert "Cut 1 (sphere) misses the liver" in refused(assess("--resection", plan(ball)))
    err = refused(assess("--plane", "500,0,0,1,0,0"))
    assert "misses the liver" in err


def test_an_island_is_refused_with_its_volume(assess, plan):
    cuts = (
        "[[cuts]]\nkind='cleft'\n"
        "[[cuts.planes]]\nkind='plane'\npoint_mm=[20,0,0]\nnormal=[1,0,0]\n"
        "[[cuts.planes]]\nkind='plane'\npoint_mm=[0,0,0]\nnormal=[-1,0,0]\n"
    )
    err = refused(assess("--resection", plan(cuts)))
    assert "leaves an island of" in err
    assert "mL" in err


def test_a_cut_through_a_lesion_is_refused(assess, plan):
    ball = "[[cuts]]\nkind='sphere'\ncentre_mm=[-112,6,10]\nradius_mm=20\n"
    err = refused(assess("--resection", plan(ball)))
    assert "cuts through metastasis 1" in err
    assert "would stay" in err


def test_a_plan_with_a_fault_is_kept_when_asked_for_and_never_eligible(assess):
    through = ("--plane", "-95,6,10,1,0.1,0")
    assert "cuts through metastasis 1" in refused(assess(*through))
    status, findings, _ = assess(*through, "--allow-faults")
    assert status == 0
    assert {fault["key"] for fault in findings["faults"]} == {"fault.cuts_lesion"}
    assert findings["faults"][0]["sentence"].startswith("The plan cuts through metastasis 1: ")
    assert findings["eligibility"] != "eligible"
    assert findings["volumes_ml"]["remnant"] > 0


def test_a_fold_is_measured_and_its_fallback_said(assess, plan):
    net = [[[-20 + 60 * np.sin(a), y, z] for z in (-150, 0, 150)] for a, y in
           ((-0.9, -150), (0.0, -20), (0.9, -60), (0.0, 20), (0.0, 150))]  # fmt: skip
    net = [[[float(v) for v in point] for point in row] for row in net]
    sheet = f"[[cuts]]\nkind='sheet'\nstays_toward=[1,0,0]\ncontrol_mm={json.dumps(net)}\n"
    status, findings, err = assess("--resection", plan(sheet))
    assert status == 0, err
    assert any("folds over itself" in note for note in findings["notes"])


def test_the_whole_liver_is_refused(assess, landmarks):
    err = refused(assess("--resection", "1,2,3,4,5,6,7,8", "--landmarks", landmarks))
    assert "removes the whole functional liver: nothing stays" in err


def test_a_segment_set_without_a_map_says_what_to_give(assess):
    err = refused(assess("--resection", "left hemihepatectomy"))
    assert "--landmarks FILE.toml" in err
    assert "--segments FILE" in err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no cuts"),
        ("cuts = 3", "has no cuts"),
        ("[[cuts", "cannot be read"),
        ("colour = 'red'", "unknown keys: colour"),
        ("[[cuts]]\nkind = 'lens'", "is a 'lens'; known are"),
        (
            "[[cuts]]\nkind = 'lens'\naround = 2\nmargin_mm = 3",
            "plane, wedge, sphere, ablation can",
        ),
        ("[[cuts]]\nkind = 'contour'\npoints_mm = [[1, 2, 3]]", "lacks points_mm: 4 points"),
        ("[[cuts]]\nkind = 'contour'\nround = 2", "a contour, knows no round"),
        ("[[cuts]]\nkind = 'wedge'\naround = 2", "lacks margin_mm"),
        ("[[cuts]]\nkind = 'wedge'\naround = 'x'\nmargin_mm = 3", "such as 2"),
        ("[[cuts]]\nkind = 'wedge'\naround = 2\nmargin_mm = -3", "between 0 and 100 mm"),
        ("[[cuts]]\nkind = 'wedge'\naround = 2\nmargin_mm = 3\nhue = 1", "knows no hue"),
        ("[[cuts]]\nkind='wedge'\naround=2\nmargin_mm=3\ndirection=[1]", "is not three numbers"),
        ("[[cuts]]\nkind = 'wedge'\naround = 9\nmargin_mm = 3", "no metastasis with label 9"),
    ],
)
def test_a_plan_file_that_is_none_is_refused(assess, plan, text, words):
    assert words in refused(assess("--resection", plan(text)))


def test_what_else_makes_no_sense_is_refused(assess, landmarks, tmp_path):
    assert "No resection is called" in refused(assess("--resection", "everything"))
    both = ("--landmarks", landmarks, "--segments", tmp_path / "x.nii.gz")
    assert "not both" in refused(assess(*both))
    assert "cannot be read" in refused(assess("--landmarks", tmp_path / "absent.toml"))
    assert "no metastasis with label 7" in refused(assess("--wedge", "7:10"))
    assert assess("--wedge", "all")[0] == 2
