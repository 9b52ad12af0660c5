"""The manifest: what it may say, and which faults refuse it whole."""

import inspect

import pytest

from liverplan.cli import assess
from liverplan.cohort import COLUMNS, read_manifest
from liverplan.errors import InputError


def manifest(tmp_path, text):
    path = tmp_path / "m.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_becomes_the_request_of_assess(tmp_path):
    (job,) = read_manifest(
        manifest(
            tmp_path,
            "id,path,liver,lesions,lesion_labels,lesion,plane,patient,protocol,backend,series\n"
            'p1,ct.zip,l.nii,t.nii,"1-3,7","1,2,3; 4,5,6","0,0,0,1,0,0;9,9,9,0,1,0",p.toml,'
            "x.toml,classical,1.2.3\n",
        )
    )
    request = job.request()
    assert job.path == str(tmp_path / "ct.zip")
    assert request.liver == tmp_path / "l.nii"
    assert request.lesion_labels == (1, 2, 3, 7)
    assert [prompt.click_mm for prompt in request.prompts] == [(1, 2, 3), (4, 5, 6)]
    assert request.planes == ((0, 0, 0, 1, 0, 0), (9, 9, 9, 0, 1, 0))
    assert request.patient == tmp_path / "p.toml"
    assert request.protocol == str(tmp_path / "x.toml")
    assert (request.series_uid, request.backend) == ("1.2.3", "classical")


def test_a_line_points_at_metastases_as_the_command_line_does(tmp_path):
    header = "id,path,lesion,lesion_box,not_lesion"
    line = 'p1,ct,"0,0,0;50,0,0,70,0,0","100,0,0,120,20,20","55,0,1"'
    (job,) = read_manifest(manifest(tmp_path, f"{header}\n{line}\n"))
    click, axis, box = job.request().prompts
    assert click.click_mm == (0, 0, 0)
    assert axis.long_axis_mm == ((50, 0, 0), (70, 0, 0))
    assert axis.not_lesion_mm == ((55, 0, 1),)
    assert box.box_mm == ((100, 0, 0), (120, 20, 20))


def test_what_is_left_out_has_the_defaults_of_assess(tmp_path):
    (job,) = read_manifest(manifest(tmp_path, "id,path\np1,/ct\n"))
    request = job.request()
    assert job.path == "/ct"
    assert (request.liver, request.planes, request.protocol) == (None, (), "breclim2")


def test_every_option_of_assess_has_a_column():
    """But for a key: nobody sits at a cohort to be asked for its passphrase."""
    options = set(inspect.signature(assess.assess).parameters) - {"out", "as_json", "key_file"}
    assert {name.removesuffix("_uid") for name in options} == set(COLUMNS) - {"id"}


def test_vessels_and_what_is_cut_of_them_are_read(tmp_path):
    line = 'id,path,vessels,cut_vessel,segment_branches\np1,ct,v.nrrd,"1,2,3; 4,5,6",b.toml\n'
    (job,) = read_manifest(manifest(tmp_path, line))
    request = job.request()
    assert request.vessels == tmp_path / "v.nrrd"
    assert request.segment_branches == tmp_path / "b.toml"
    assert request.vessels_cut == ((1, 2, 3), (4, 5, 6))


def test_vessels_that_are_kept_are_read_with_their_trees(tmp_path):
    (job,) = read_manifest(
        manifest(tmp_path, 'id,path,keep_vessel\np1,ct,"1,2,3; 4,5,6:hepatic"\n')
    )
    assert job.request().vessels_kept == (((1, 2, 3), ""), ((4, 5, 6), "hepatic"))
    for wrong in ("1,2", "1,2,3:artery", ":portal"):
        (job,) = read_manifest(manifest(tmp_path, f'id,path,keep_vessel\np1,ct,"{wrong}"\n'))
        with pytest.raises(InputError, match=f"keep_vessel '{wrong}' is not|is not 3 numbers"):
            job.request()


@pytest.mark.parametrize(("word", "allowed"), [("", False), ("no", False), ("Yes", True)])
def test_a_plan_with_faults_is_kept_where_the_line_says_yes(tmp_path, word, allowed):
    (job,) = read_manifest(manifest(tmp_path, f"id,path,allow_faults\np1,ct,{word}\n"))
    assert job.request().allow_faults is allowed
    (bad,) = read_manifest(manifest(tmp_path, "id,path,allow_faults\np1,ct,1\n"))
    with pytest.raises(InputError, match="The allow_faults '1' is neither yes nor no"):
        bad.request()


def test_resections_wedges_and_segments_are_read(tmp_path):
    (job,) = read_manifest(
        manifest(
            tmp_path,
            "id,path,resection,wedge,landmarks\np1,ct,H5678; plan.toml,2:10; 3:7.5,points.toml\n",
        )
    )
    request = job.request()
    assert request.resections == ("H5678", str(tmp_path / "plan.toml"))
    assert request.wedges == ((2, 10), (3, 7.5))
    assert (request.landmarks, request.segments) == (tmp_path / "points.toml", None)
    before = job.fingerprint()
    (tmp_path / "plan.toml").write_text("[[cuts]]", "utf-8")
    assert job.fingerprint() != before
    (bad,) = read_manifest(manifest(tmp_path, "id,path,wedge\np1,ct,all\n"))
    with pytest.raises(InputError, match="not written like 2:10"):
        bad.request()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column 'id'; no column 'path'"),
        ("id,path\n", "it lists no patients"),
        ("id,path,colour\np1,a,red\n", "unknown column 'colour'"),
        ("id,path,path\np1,a,b\n", "column 'path' twice"),
        ("id,path\np1,a\nP1,b\n", "the id 'p1' is there 2 times"),
        ("id,path\n../evil,a\n", "line 2 has the id '../evil'"),
        ("id,path\n,a\n", "line 2 has the id ''"),
        ("id,path\np1,\n", "line 2 has no path"),
        ("id,path\np1,a,b\n", "line 2 has more values than columns"),
        ("id,path\n" + "-,\n" * 9, "and 14 more"),
        ('id,path\np1,"a\n', "is no CSV file"),
    ],
)
def test_faults_of_the_file_are_named(tmp_path, text, words):
    with pytest.raises(InputError) as refusal:
        read_manifest(manifest(tmp_path, text))
    assert words in str(refusal.value)
    assert str(tmp_path / "m.csv") in str(refusal.value)


def test_an_absent_or_binary_manifest_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_manifest(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"id,path\n\xff\xfe,a\n")
    with pytest.raises(InputError, match="is no CSV file in UTF-8"):
        read_manifest(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("plane", "1,2,3", "The plane '1,2,3' is not 6 numbers"),
        ("plane", "1,2,3,nan,0,0", "is not 6 numbers"),
        ("lesion", "a,b,c", "The lesion 'a,b,c' is not 3 or 6 or 12 numbers"),
        ("lesion_labels", "one", "are not written like 1-7 or 1,3,5"),
        ("lesion_labels", "1-999999999", "are not written like"),
    ],
)
def test_a_faulty_value_fails_its_own_case_only(tmp_path, column, value, words):
    (job,) = read_manifest(manifest(tmp_path, f'id,path,{column}\np1,a,"{value}"\n'))
    with pytest.raises(InputError) as refusal:
        job.request()
    assert words in str(refusal.value)


def test_a_job_is_another_once_its_line_or_its_files_change(tmp_path):
    ct = tmp_path / "ct.zip"
    ct.write_bytes(b"1")
    read = [read_manifest(manifest(tmp_path, f"id,path,series\np1,ct.zip,{s}\n"))[0] for s in "112"]
    before = [job.fingerprint() for job in read]
    assert before[0] == before[1] != before[2]
    ct.write_bytes(b"12")
    assert read[0].fingerprint() != before[0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_spreadsheets_way_of_writing_changes_no_request(tmp_path, separator, encoding):
    cells = ["p1", "ct/å", '"0,0,50,1,0,0;0,0,90,0,0,1"']
    text = f"{separator.join(('id', 'path', 'plane'))}\r\n{separator.join(cells)}\r\n"
    path = tmp_path / "m.csv"
    path.write_bytes(text.encode(encoding))
    (job,) = read_manifest(path)
    assert job.path == str(tmp_path / "ct" / "å")
    assert job.request().planes == ((0, 0, 50, 1, 0, 0), (0, 0, 90, 0, 0, 1))
