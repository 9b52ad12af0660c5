"""What an export holds as FHIR: valid, the structured report's numbers, its identity or none."""

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pydicom
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fhir.resources.bundle import Bundle
from fhir.resources.R4B.bundle import Bundle as BundleR4
from pydicom.sr.codedict import codes

from liverplan import NOTICE
from liverplan.case import open_case
from liverplan.fhir import bundle_of
from liverplan.fhir.elements import SYSTEMS
from liverplan.words import verdict
from liverplan.workflow.exporting import signed_of, standing_of
from liverplan.workflow.outputs import report_input
from tests.benchmarks.reading import reports
from tests.benchmarks.tampering.forger import PEOPLE, decided
from tests.exported import ACCEPTED_BY

MODELS = {"out": Bundle, "clean": BundleR4}
SCHEMES = {system: scheme for scheme, system in SYSTEMS.items()}


@pytest.fixture(scope="module")
def bundles(made):
    return {
        folder: json.loads((made.folder / folder / "result.fhir.json").read_bytes())
        for folder in MODELS
    }


@pytest.fixture(scope="module", params=MODELS)
def exported(request, bundles, made):
    folder = request.param
    bundle = bundles[folder]
    return SimpleNamespace(
        folder=folder,
        bundle=bundle,
        named=named(bundle),
        report=pydicom.dcmread(made.folder / folder / "measurements.dcm"),
    )


def named(bundle):
    """The observations by their names."""
    return {one["code"]["text"]: one for one in of_kind(bundle, "Observation")}


def of_kind(bundle, kind):
    held = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in held if one["resourceType"] == kind]


def everything(element):
    """Every object of a document, at whatever depth."""
    match element:
        case dict():
            yield element
            for part in element.values():
                yield from everything(part)
        case list():
            for part in element:
                yield from everything(part)


def components(observation):
    return {part["code"]["text"]: part for part in observation["component"]}


def test_every_resource_is_valid_by_the_models_of_its_release(exported):
    MODELS[exported.folder].model_validate(exported.bundle)


def test_a_model_refuses_what_is_no_fhir(bundles):
    spoilt = json.loads(json.dumps(bundles["out"]))
    of_kind(spoilt, "DiagnosticReport")[0]["status"] = 7
    with pytest.raises(ValueError, match="status"):
        Bundle.model_validate(spoilt)


def test_it_refers_to_nothing_outside_itself(exported):
    there = {entry["fullUrl"] for entry in exported.bundle["entry"]}
    asked = {one["reference"] for one in everything(exported.bundle) if "reference" in one}
    assert asked <= there
    assert len(there) == len(exported.bundle["entry"])


def test_it_has_the_reports_numbers_units_and_codes(exported, made):
    found = {}
    for name, observation in exported.named.items():
        found[name] = [
            (part["code"]["coding"][0]["code"], part["valueQuantity"])
            for part in observation["component"]
            if "valueQuantity" in part
        ]
    for name, numbers in reports.expected(made.findings).items():
        units = [(code, value["code"]) for code, value in found[name]]
        assert units == [(code, unit) for code, _, unit in numbers]
        values = [value["value"] for _, value in found[name]]
        assert values == pytest.approx([value for _, value, _ in numbers])


def test_every_code_stands_in_the_report_too(exported):
    held = set()
    for item in exported.report.iterall():
        if item.keyword == "CodeValue":
            held.add(item.value)
    held |= {"18748-4"}  # the title of the encapsulated report
    for one in everything(exported.bundle):
        if one.get("system") in SYSTEMS.values() and one.get("code") not in {"CT", "SEG", "SR"}:
            assert one["code"] in held


def test_the_remnant_has_its_range_the_limit_and_the_verdict(exported, made):
    parts = components(exported.named["Future liver remnant"])
    low, high = (100 * end for end in made.findings.uncertainty.interval_95)
    ends = parts["95 % range of Volume Ratio"]["valueRange"]
    assert [ends[end]["value"] for end in ("low", "high")] == pytest.approx([low, high])
    share = parts[codes.DCM.VolumeRatio.meaning]
    assert share["referenceRange"][0]["low"]["value"] == 30
    assert share["interpretation"][0]["text"] == str(verdict(made.findings, "en"))
    assert "referenceRange" not in parts["Volume"]


def test_every_criterion_is_told_with_its_state(exported, made):
    (judged,) = [one for name, one in exported.named.items() if name.startswith("Criteria")]
    told = [part["valueCodeableConcept"]["text"] for part in judged["component"]]
    assert told == [criterion.state for criterion in made.findings.criteria]


def test_the_notice_goes_wherever_a_number_goes(exported):
    for observation in exported.named.values():
        assert observation["note"][0]["text"] == NOTICE
    (report,) = of_kind(exported.bundle, "DiagnosticReport")
    assert report["conclusion"].startswith(NOTICE)


def test_the_cases_hash_identifies_it(exported, made):
    value = f"nih:sha-256;{open_case(made.case).content_sha256}"
    assert exported.bundle["identifier"]["value"] == value
    (report,) = of_kind(exported.bundle, "DiagnosticReport")
    assert value in [one["value"] for one in report["identifier"]]


def test_the_study_lists_what_the_archive_gets(exported):
    (study,) = of_kind(exported.bundle, "ImagingStudy")
    uid = exported.report.StudyInstanceUID
    assert study["identifier"][0]["value"] == f"urn:oid:{uid}"
    kinds = [one["modality"] for one in study["series"]]
    if exported.folder == "out":
        kinds = [one["coding"][0] for one in kinds]
    assert [one["code"] for one in kinds] == ["CT", *["SEG"] * 5, "SR"]
    assert study["series"][-1]["uid"] == exported.report.SeriesInstanceUID


def test_without_identity_it_names_nobody_and_its_days_are_shifted(bundles, made):
    plain, clean = (json.dumps(bundles[folder]) for folder in MODELS)
    header = made.ct.headers.dataset()
    for text in (header.PatientID, header.StudyInstanceUID, header.SeriesInstanceUID):
        assert str(text) in plain
        assert str(text) not in clean
    assert ACCEPTED_BY not in clean
    (whose,) = of_kind(bundles["clean"], "Patient")
    assert whose["identifier"] == [{"value": "ANONYMOUS"}]
    assert "birthDate" not in whose
    assert "issued" not in clean
    days = [
        date.fromisoformat(of_kind(bundles[folder], "ImagingStudy")[0]["started"])
        for folder in MODELS
    ]
    assert days[0] - days[1] == timedelta(days=30)


def test_it_is_preliminary_until_the_committee_has_signed(exported):
    everyone = [*exported.named.values(), *of_kind(exported.bundle, "DiagnosticReport")]
    assert {one["status"] for one in everyone} == {"preliminary"}


@pytest.mark.parametrize("release", ["R4", "R5"])
def test_it_is_final_and_names_who_signed_once_the_committee_has(bundles, made, tmp_path, release):
    keys = {name: Ed25519PrivateKey.generate() for name in PEOPLE}
    opened = decided(tmp_path / "case", keys)
    signed = signed_of(report_input(opened), standing_of(opened, None))
    report = pydicom.dcmread(made.folder / "out/measurements.dcm")
    bundle = bundle_of(report, made.findings, signed, release)
    {"R4": BundleR4, "R5": Bundle}[release].model_validate(bundle)
    (told,) = of_kind(bundle, "DiagnosticReport")
    assert {told["status"], *(one["status"] for one in named(bundle).values())} == {"final"}
    assert [one["display"] for one in told["resultsInterpreter"]] == list(PEOPLE)
