"""``liverplan cohort endpoints``: outcomes and results in, a document and two figures out."""

import json

import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan.cli import cohort as commands
from liverplan.cohort.tables import write_parquet
from liverplan.errors import InputError

COLUMNS = ("id", "remnant_fraction", "metastasis_count", "longest_mm", "tumour_ml")


@pytest.fixture
def files(tmp_path):
    lines, rows = ["id,arm,origin_date,last_seen_date,death_date"], []
    for n in range(60):
        end = f"202{1 + (n * 7) % 3}-0{1 + n % 9}-15"
        death = end if n % 4 else ""
        lines.append(f"p{n},{'surgery' if n % 2 else 'oncology'},2020-01-01,{end},{death}")
        values = (
            f"p{n}",
            0.3 + (n * 37 % 60) / 200,
            1 + n * 5 % 4,
            10.0 + n * 11 % 50,
            5.0 + n % 9,
        )
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    (tmp_path / "outcomes.csv").write_text("\n".join(lines) + "\n")
    write_parquet(tmp_path / "results.parquet", COLUMNS, rows)
    return tmp_path


def command(files, *more):
    options = ["--out", str(files / "out"), "--reference", "oncology", *more]
    commands.app(["endpoints", str(files / "outcomes.csv"), *options], standalone_mode=False)


def test_document_and_figures_are_written(files, capsys):
    command(files, "--results", str(files / "results.parquet"))
    told = capsys.readouterr()
    assert told.out.count("\n") == 9
    overall, free, *doubts = told.err.splitlines()
    assert overall.startswith("Overall survival: log-rank p ")
    assert "hazard ratio of surgery" in overall
    assert "of the first" in overall
    assert "median follow-up" in free
    assert all("one hazard ratio does not describe" in doubt for doubt in doubts)
    document = json.loads((files / "out" / "endpoints.json").read_text("utf-8"))
    assert document["schema"] == "liverplan.endpoints/1"
    assert len(document["predictive_factors"]["together"]["terms"]) == 4
    assert len(document["provenance"]["inputs"]) == 2
    for name in ("overall_survival.svg", "progression_free_survival.svg", "hazard_ratios.svg"):
        assert (files / "out" / name).read_text("utf-8").rstrip().endswith("</svg>")


def test_without_results_the_factors_are_left_out_and_said(files):
    command(files)
    document = json.loads((files / "out" / "endpoints.json").read_text("utf-8"))
    assert document["predictive_factors"]["together"] is None
    assert "60 of 60 patients lack measurements" in document["notes"][0]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no parquet", "is no Parquet file"), (None, "is no Parquet file")],
)
def test_results_that_are_none_are_refused(files, content, words):
    path = files / "wrong.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        command(files, "--results", str(path))


def test_results_of_something_else_and_a_file_for_a_folder_are_refused(files):
    write_parquet(files / "other.parquet", ("name",), [{"name": "x"}])
    with pytest.raises(InputError, match="no column 'id'"):
        command(files, "--results", str(files / "other.parquet"))
    (files / "out").write_text("")
    with pytest.raises(InputError, match="The endpoints cannot be written to"):
        command(files)


def test_the_analysis_for_reading_is_written_if_asked(files):
    command(files, "--results", str(files / "results.parquet"), "--report")
    page = (files / "out" / "analysis.html").read_text("utf-8")
    assert page.count("<figure>") == 8
    assert "Progression-free survival by Kaplan-Meier in oncology and surgery" in page
    assert (files / "out" / "analysis.pdf").read_bytes().startswith(b"%PDF-")


def test_safety_and_quality_become_parts_of_the_document_and_of_the_analysis(files):
    (files / "safety.csv").write_text("id,clavien_dindo\np1,IIIb\np2,0\n")
    lines = [f"p{n},{m},{1 + (n + m) % 4}" for n in range(60) for m in (0, 3, 6)]
    (files / "quality.csv").write_text("\n".join(("id,visit_months,q_8", *lines)) + "\n")
    ages = "\n".join(f"p{n},{40 + n * 7 % 31 if n % 9 else ''}" for n in range(60))
    (files / "factors.csv").write_text(f"id,age\n{ages}\n")
    more = (
        "--factors",
        str(files / "factors.csv"),
        "--safety",
        str(files / "safety.csv"),
        "--quality",
        str(files / "quality.csv"),
    )
    command(files, *more, "--report")
    document = json.loads((files / "out" / "endpoints.json").read_text("utf-8"))
    assert {row["scale"] for row in document["quality_of_life"]["means"]} == {"dyspnoea"}
    assert document["safety"]["clavien_dindo"][0]["arm"] == "oncology"
    assert document["prediction"]["imputed_tables"] == 20
    page = (files / "out" / "analysis.html").read_text("utf-8")
    assert "Mortality within 90 days" in page
    assert "Means by arm and visit with 95 % limits: dyspnoea." in page


def test_spellings_that_no_plan_names_are_read_as_the_commonest_and_said(files):
    path = files / "outcomes.csv"
    lines = path.read_text().replace("p7,surgery", "p7,Surgery ").splitlines()
    head, *rest = lines
    centred = [f"{line},{'umea' if n == 3 else 'Umeå' if n % 2 else 'Lund'}"
               for n, line in enumerate(rest)]  # fmt: skip
    path.write_text("\n".join([head + ",centre", *centred]) + "\n", "utf-8")
    options = ["--out", str(files / "out"), "--reference", "ONCOLOGY"]
    commands.app(["endpoints", str(path), *options], standalone_mode=False)
    document = json.loads((files / "out" / "endpoints.json").read_text("utf-8"))
    assert {
        "The arm 'Surgery' is read as 'surgery'.",
        "The arm 'ONCOLOGY' is read as 'oncology'.",
        "The centre 'umea' is read as 'Umeå'.",
    } <= set(document["notes"])
    survival = document["overall_survival"]
    assert [arm["patients"] for arm in survival["arms"]] == [30, 30]
    assert survival["reference"] == "oncology"
    assert survival["by_centre"] is None or survival["by_centre"]["centres"] == 2
