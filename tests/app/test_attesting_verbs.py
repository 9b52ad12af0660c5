"""Facts and keys without a window: what is kept, what is refused, and in which words."""

from dataclasses import replace

import pytest

from liverplan import workflow
from liverplan.app.session.context import Context
from liverplan.app.session.work import Work
from liverplan.app.steps.committee.keys import PLACE as COMMITTEE
from liverplan.app.steps.committee.keys import Keys, Person
from liverplan.app.steps.result.facts import PLACE, Facts
from liverplan.case import Record
from liverplan.eligibility import Fact
from liverplan.eligibility.files import ProtocolFile


@pytest.fixture
def context(tmp_path):
    made = Context.at(tmp_path)
    protocol = ProtocolFile.shipped(workflow.DEFAULT_PROTOCOL)
    made.session.replace_all(Work(record=Record(protocol=protocol)))
    yield made
    made.live.close()


@pytest.fixture
def said(context):
    words = []
    for place in (PLACE, COMMITTEE):
        context.notices.show_at(place, lambda text, kind="warning": words.append((text, kind)))
    return words


@pytest.fixture
def facts(context, said):
    return Facts(context)


def yes_or_no(facts):
    return next(name for name, q in facts.protocol.facts.items() if q.answer == "yes or no")


def test_a_fact_is_kept_as_one_step_and_forgotten_again(context, facts):
    name = yes_or_no(facts)
    assert facts.attest(name, Fact(value=True, by="R. Lind")) == ""
    assert facts.patient.facts[name].by == "R. Lind"
    assert context.session.history.undo_name == f"fact: {name.replace('_', ' ')}"
    revision = context.session.revision
    assert facts.attest(name, Fact(value=True, by="R. Lind")) == ""
    assert context.session.revision == revision, "what holds already is no step"
    assert facts.attest(name, None) == ""
    assert name not in facts.patient.facts


def test_what_a_patient_file_could_not_hold_is_refused_in_plain_words(facts):
    before = facts.patient
    refusal = facts.keep(replace(before, height_cm=900.0), "height")
    assert refusal[:1].isupper()
    assert "person." not in refusal
    assert facts.patient == before


def test_facts_go_to_a_file_and_come_back(context, facts, said, tmp_path):
    name = yes_or_no(facts)
    facts.attest(name, Fact(value=False, by="R. Lind", note="letter"))
    facts.save(tmp_path / "patient.toml")
    kept = facts.patient
    facts.attest(name, None)
    facts.load(tmp_path / "patient.toml")
    assert facts.patient == kept
    assert said[-1] == ("Facts of patient.toml taken in.", "info")
    facts.load(tmp_path / "nothing.toml")
    assert said[-1][1] == "warning"
    assert facts.patient == kept
    facts.save(tmp_path / "no folder" / "patient.toml")
    assert "cannot be written" in said[-1][0]


def test_a_protocol_that_is_none_changes_nothing(facts, said, tmp_path):
    name = facts.protocol_name
    facts.choose_protocol(str(tmp_path / "none.toml"))
    assert said[-1][1] == "warning"
    assert facts.protocol_name == name


def test_a_key_lies_beside_the_cases_and_opens_with_its_passphrase_only(context, said):
    keys = Keys(context)
    path = keys.path_of("  R. Lind ")
    assert path == context.home / "keys" / "r-lind.pem"
    assert keys.path_of("").name == "nobody.pem"
    keys.make(path, "one two")
    assert "with its passphrase" in said[-1][0]
    assert path.with_suffix(".pub").is_file()
    whoever = Person(name="R. Lind", key=path)
    opened = [keys.secret_of(replace(whoever, password=words)) for words in ("one two", "other")]
    assert [secret is not None for secret in opened] == [True, False]
    assert "its password is another" in said[-1][0]
    keys.make(path, "")
    assert said[-1][1] == "warning", "a key is never written over"
