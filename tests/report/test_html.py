"""The HTML report: complete, self-contained, escaped, written whole."""

import dataclasses
from html.parser import HTMLParser

import pytest

from liverplan import NOTICE
from liverplan.errors import GridError, InputError, LiverplanError
from liverplan.findings import CriterionFinding, Fault, Statement, told
from liverplan.findings.key_images import KeyImage
from liverplan.report import AuditRow, PlanRow, SignatureRow, html_of, pdf_of, write_html
from liverplan.report.content import content_of
from liverplan.report.files import write_whole
from liverplan.report.packing import three_js
from liverplan.resection import Plan
from tests.kept import made_png


class Page(HTMLParser):
    """Text, images, headings and references of a page."""

    def __init__(self, html):
        super().__init__()
        self.text, self.images, self.references, self.tags, self.script = "", [], [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.script = tag in {"script", "style"}
        self.tags.append((tag, values))
        if tag == "img":
            self.images.append(values)
        self.references += [v for k, v in attrs if k in {"src", "href", "srcset", "action"}]

    def handle_data(self, data):
        self.text += "" if self.script else data


@pytest.fixture(scope="session")
def html(request_):
    return html_of(request_)


@pytest.fixture(scope="session")
def page(html):
    return Page(html)


def test_nothing_is_fetched(page):
    assert page.references
    assert all(reference.startswith("data:") for reference in page.references)
    assert not [tag for tag, _ in page.tags if tag in {"link", "iframe", "base", "object"}]


def test_pictures_say_what_they_show(page):
    assert len(page.images) == 6
    assert all(len(image["alt"]) > 40 for image in page.images)
    assert any("Metastases in this slice: M1" in image["alt"] for image in page.images)


@pytest.mark.parametrize(
    "text",
    [
        NOTICE,
        "FLR 41.2 % (38.6-43.8 as carried out). Above 30 %, whole range.",
        "remnant / (liver − tumour)",  # noqa: RUF001 - the sign of subtraction
        "30.01 %",
        "decides",
        "As carried out 38.6-43.8 %: the outlines, and where the cut comes to lie. "
        "The verdict uses this range. P(FLR > 30 %) > 99 %.",
        "As drawn 40.2-42.2 %: the outlines alone, were the cut just where it is drawn. "
        "P(FLR > 30 %) > 99 %.",
        "Editing the liver near the cut would narrow the range as drawn from 1.0 to 0.4 points",
        "a median of 7 % in 29 hemihepatectomies (Ariizumi). Here that would be 4.1 points.",
        "Above: as carried out. Below: as drawn.",
        "Share as carried out, %",
        "A shift of the cut by 8.3 mm would change this verdict.",
        "1489.4",
        "567.7",
        "M1",
        "30.3",
        "12.3",
        "Not eligible: at least one criterion is not met.",
        "1 met, 1 not met, 1 missing, 1 need judgement.",
        "No consent is attested.",
        "Before measuring?",
        "Nobody has confirmed the liver mask.",
        "Nobody has signed.",
        "threshold 1, automatic, accepted by nobody yet",
        "liverplan 9.9",
        "ab" * 32,
        "1970-01-02",
        "2026-11-22 18:00 UTC",
        "Draft",
    ],
)
def test_everything_is_said(page, text):
    assert text in page.text


def test_each_heading_has_its_own_id(page):
    ids = [values["id"] for _, values in page.tags if "id" in values]
    assert len(ids) == len(set(ids))
    referred = [values["aria-labelledby"] for _, values in page.tags if "aria-labelledby" in values]
    assert set(referred) <= set(ids)


def test_what_was_typed_cannot_become_markup(request_):
    evil = "<script>alert(1)</script>&\"'"
    findings = dataclasses.replace(request_.findings, notes=(told(evil),), protocol=evil)
    html = html_of(dataclasses.replace(request_, findings=findings, patient={evil: evil}))
    assert "<script>alert" not in html
    assert evil in Page(html).text


def test_hidden_identity_leaves_out_names_dates_and_uids(request_):
    audit = (AuditRow(when="2026-11-21T10:00", who="Dr Bo Ek", kind="human", what="Signed"),)
    signed = (SignatureRow(name="Dr Bo Ek", role="surgeon", meaning="approval", when="2026-11-21"),)
    html = html_of(dataclasses.replace(request_, identity="hidden", audit=audit, signatures=signed))
    for secret in ("1970-01-02", "2021-03-04", "1.2.840.99", "Dr Bo Ek", "2026-11-2", "Portal"):
        assert secret not in html
    assert "De-identified" in html


def test_plans_signatures_and_audit_are_shown(request_, findings):
    narrow = dataclasses.replace(
        findings, remnant_fraction=dataclasses.replace(findings.remnant_fraction, of_functional=0.2)
    )
    page = Page(
        html_of(
            dataclasses.replace(
                request_,
                plans=(PlanRow(name="right trisectionectomy", findings=narrow),),
                signatures=(
                    SignatureRow(
                        name="Dr Eva Ask", role="surgeon", meaning="approval",
                        when="2026-11-21", void_because="the plan was changed",
                    ),
                ),
                audit=(AuditRow(when="2026-11-21", who="Dr Eva Ask", kind="human", what="Moved"),),
                status="final",
            )
        )
    )  # fmt: skip
    for text in ("right trisectionectomy", "20.0", "VOID: the plan was changed", "Final"):
        assert text in page.text
    assert "Dr Eva Ask (person)" in page.text


def test_kept_pictures_stand_in_page_and_pdf_with_what_they_are_of(request_):
    kept = KeyImage(
        png=made_png(),
        view="Axial",
        title="Behind the vein <i>",
        slice_number=12,
        slice_count=40,
        window_hu=(40.0, 350.0),
    )
    plain = KeyImage(png=made_png(seed=2), view="3D")
    request = dataclasses.replace(request_, key_images=(kept, plain))
    page = html_of(request)
    for words in (
        "Pictures that were kept",
        "Behind the vein &lt;i&gt;. Axial, slice 12 of 40, level 40, width 350 HU",
        "<figcaption>Three-dimensional view</figcaption>",
    ):
        assert words in page
    assert page.count('<figure class="kept">') == 2
    assert len(pdf_of(request)) > len(pdf_of(request_)) + len(kept.png) / 2


def test_without_a_cut_the_report_says_so(request_):
    findings = dataclasses.replace(request_.findings, planes=(), margin_mm=None)
    page = Page(html_of(dataclasses.replace(request_, plan=Plan(cuts=()), findings=findings)))
    assert "No verdict: no cut is planned." in page.text
    assert "is removed" not in page.text
    assert "liver, no cut" in page.text


def test_swedish(request_):
    html = html_of(dataclasses.replace(request_, language="sv"))
    assert '<html lang="sv">' in html
    assert "Inte uppfyller" not in html
    assert "1489,4" in html


def test_it_is_small_enough_to_send(html):
    assert len(html.encode()) < 1_500_000


def test_the_page_carries_three_js_whole_and_with_its_licence(page):
    (packed,) = [values for tag, values in page.tags if values.get("id") == "three"]
    assert packed["type"] == "text/plain"
    script = three_js()
    assert script.startswith("/**\n * @license\n * Copyright 2010-")
    assert "SPDX-License-Identifier: MIT" in script[:200]
    assert 500_000 < len(script) < 800_000
    assert "TrackballControls" not in script


def test_a_trimesh_without_its_viewer_is_told(monkeypatch):
    monkeypatch.setattr("liverplan.report.packing.find_spec", lambda _: None)
    with pytest.raises(LiverplanError, match=r"trimesh holds no three\.js"):
        three_js()


def test_masks_on_another_grid_are_refused(request_, liver):
    volume, _ = liver
    moved = dataclasses.replace(
        volume, grid=volume.grid.crop((0, 0, 0), (40, 50, 59)), hu=volume.hu[:, :, :59]
    )
    with pytest.raises(GridError, match="The report's masks and its CT differ in shape"):
        dataclasses.replace(request_, volume=moved)


def test_the_file_is_written_whole_or_not_at_all(tmp_path, request_, monkeypatch):
    path = tmp_path / "deep" / "r.html"
    assert write_html(path, request_) == path
    before = path.read_bytes()

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(InputError, match=r"No space left on device.*unchanged"):
        write_whole(path, b"new")
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["r.html"]


def test_a_folder_in_the_way_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path, b"x")


@pytest.mark.parametrize(("language", "word"), [("en", "biopsied"), ("sv", "biopserad")])
def test_a_metastasis_that_was_biopsied_is_said_to_be(request_, language, word):
    (lesion,) = request_.findings.lesions
    biopsied = dataclasses.replace(lesion, state="biopsied")
    findings = dataclasses.replace(request_.findings, lesions=(biopsied,))
    html = html_of(dataclasses.replace(request_, findings=findings, language=language))
    assert word in Page(html).text


def test_what_is_bundled_is_said_in_swedish_and_what_is_not_is_marked_english(request_):
    criterion = CriterionFinding(
        id="ecog", state="missing", title="ECOG 0-1", finding=told("Nobody says."),
        ambiguity="The text does not say at which visit.", source="NCT04079049",
    )  # fmt: skip
    findings = dataclasses.replace(request_.findings, criteria=(criterion,))
    html = html_of(dataclasses.replace(request_, findings=findings, language="sv"))
    assert '<dd lang="sv">Texten anger inte vid vilket besök.</dd>' in html
    assert '<dd lang="en">NCT04079049</dd>' in html
    assert '<p lang="en">Nobody says.</p>' in html


def test_the_faults_of_a_plan_stand_before_every_note_and_beside_a_plan_that_is_compared(request_):
    fault = Fault(says=Statement.of("fault.cuts_lesion", number=2, ml=3.25))
    findings = dataclasses.replace(request_.findings, faults=(fault,))
    other = (PlanRow(name="narrow", findings=findings),)
    for language, words in (
        ("en", "The plan cuts through metastasis 2: 3.2 mL of it would stay."),
        ("sv", "Planen skär igenom metastas 2: 3,2 mL av den skulle bli kvar."),
    ):
        asked = dataclasses.replace(
            request_, findings=findings, plans=other, language=language, identity="shown"
        )
        content = content_of(asked)
        assert (content.notes[0].text, content.notes[0].language) == (words, language)
        plans = next(t for t in content.measures if t.marked == 0 and "FLR, %" in t.columns)
        assert plans.rows[1][-1].endswith(words)
