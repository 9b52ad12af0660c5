"""The shipped protocol says what the trial's public record says; a faulty file is refused whole."""

from fractions import Fraction

import pytest

from liverplan.eligibility import load_protocol, shipped_protocols
from liverplan.errors import ProtocolError

IDS = [
    "consent", "age", "ecog", "breast_cancer_history", "biopsy", "amenable", "metastasis_count",
    "flr", "response", "extrahepatic", "primary_resected", "pregnancy", "progression",
]  # fmt: skip


def refusal_of(tmp_path, text):
    path = tmp_path / "trial.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError) as refusal:
        load_protocol(path)
    sentence = str(refusal.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_the_nine_inclusions_and_the_four_exclusions_of_the_registry(protocol):
    assert [c.id for c in protocol.criteria] == IDS
    assert [c.id for c in protocol.criteria if c.role == "exclusion"] == IDS[9:]
    assert protocol.registry == "NCT04079049"


@pytest.mark.parametrize(
    ("id_", "kind"),
    [("age", "computed"), ("flr", "computed"), ("metastasis_count", "both"), ("response", "both")]
    + [(i, "attested") for i in IDS if i not in {"age", "flr", "metastasis_count", "response"}],
)
def test_who_decides_each_criterion(protocol, id_, kind):
    assert next(c for c in protocol.criteria if c.id == id_).kind == kind


def test_every_criterion_has_its_words_and_source(protocol):
    for criterion in protocol.criteria:
        assert criterion.title
        assert criterion.text
        assert "NCT04079049" in criterion.source
        assert criterion.ambiguity or criterion.id == "breast_cancer_history"


def test_the_remnant_limit_is_exactly_three_tenths_and_strict(protocol):
    limits = protocol.remnant_criterion.limits
    assert limits.above == Fraction(3, 10)
    assert not limits.allow(Fraction(3, 10))
    assert protocol.threshold_fraction == 0.30
    assert protocol.remnant_criterion.denominator == "of_functional"


def test_shipped_protocols_are_found_by_name():
    for name in shipped_protocols():
        assert load_protocol(name).name == name


def test_a_file_elsewhere_is_read_by_its_path(tmp_path, protocol, protocol_text):
    path = tmp_path / "mine.toml"
    path.write_text(protocol_text, encoding="utf-8")
    assert load_protocol(path).criteria == protocol.criteria
    assert load_protocol(str(path)).facts == protocol.facts


def test_an_unknown_name_and_an_absent_file_are_refused(tmp_path):
    with pytest.raises(ProtocolError, match=r"There is no protocol 'breclim9'.*breclim2"):
        load_protocol("breclim9")
    with pytest.raises(ProtocolError, match=r"absent\.toml cannot be read: No such file"):
        load_protocol(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("above = 0.30", "above = nan", "'criteria[8].above' must be a usual number, not nan"),
        ("above = 0.30", "above = inf", "'criteria[8].above' must be a usual number, not inf"),
        ("above = 0.30", "above = 1e999", "'criteria[8].above' must be a usual number"),
        ("above = 0.30", 'above = "30 %"', "'criteria[8].above' must be a number, not '30 %'"),
        ("above = 0.30", "above = true", "'criteria[8].above' must be a number, not True"),
        ("above = 0.30", "above = 30", "a fraction between 0 and 1"),
        ("above = 0.30", "", "or another limit (at_least, below, at_most) is missing"),
        ("above = 0.30", "above = 0.30\nabvoe = 1", "unknown key 'criteria[8].abvoe'"),
        ('kind = "computed"', 'kind = "guessed"', "must be one of computed, attested, both"),
        ('kind = "computed"', 'kind = "attested"', "'criteria[2].measure' has no place"),
        ('measure = "age_years"', "", "'criteria[2].measure' is missing"),
        ('measure = "age_years"', 'measure = "height"', "'criteria[2].measure' must be one of"),
        ("requires = { consent = true }", "", "'criteria[1].requires' names no fact"),
        ("consent = true", "konsent = true", "'criteria[1].requires.konsent' is no fact"),
        ("consent = true", "consent = 1", "must be answered by yes or no, not 1"),
        ("ecog = [0, 1]", "ecog = [0, 9]", "must be answered by whole number, not [0, 9]"),
        ('allowed = ["CR", "PR", "SD"]', "", "'criteria[9].allowed' is missing"),
        ('"CR", "PR", "SD"', '"CR", "better"', "must be a list of CR, PR, SD"),
        ('id = "age"', 'id = "ecog"', "has the id 'ecog' more than once"),
        ('id = "age"', "id = 7", "'criteria[2].id' must be a text, not 7"),
        ('denominator = "of_functional"', 'denominator = "of_body"', "must be one of of_fun"),
        ('measure = "remnant_fraction"', 'measure = "lesion_count"', "must have exactly one with"),
        ('"left behind" = "second_stage"', '"left behind" = "nobody"',
         "must name a fact with the answer 'yes or no', not 'nobody'"),
        ('"left behind" = "second_stage"', '"left behind" = "ecog"',
         "must name a fact with the answer 'yes or no', not 'ecog'"),
        ("lowest = 0", "lowest = 0.5", "'facts.ecog.lowest' must be a whole number"),
        ('schema = "liverplan.protocol/1"', 'schema = "liverplan.protocol/9"', "'schema' must be"),
        ('schema = "liverplan.protocol/1"', "", "'schema' is missing"),
        ('title = "Signed consent"', "", "'criteria[1].title' is missing"),
        ("[facts.consent]", "[facts.idle]\nquestion='?'\nlabel='i'\nanswer='yes or no'\n"
         "[facts.consent]", "has 'idle', which no criterion requires"),
    ],
)  # fmt: skip
def test_each_fault_is_named(tmp_path, protocol_text, old, new, words):
    assert old in protocol_text
    assert words in refusal_of(tmp_path, protocol_text.replace(old, new, 1))


def test_all_faults_come_in_one_sentence(tmp_path, protocol_text):
    text = protocol_text.replace("above = 0.30", "above = nan").replace(
        'name = "breclim2"', 'name = "breclim2"\ncolour = "red"'
    )
    sentence = refusal_of(tmp_path, text)
    assert "not nan" in sentence
    assert "unknown key 'colour'" in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'schema' is missing"),
        ("a = ", "is no valid TOML"),
        ("criteria = 3", "'criteria' must be a list of tables"),
        ("facts = []", "'facts' must be a table"),
        ("[facts]\nconsent = true", "'facts.consent' must be a table"),
        (f"a = {'9' * 5000}", "is no valid TOML"),
        (f"a = {'[' * 5000}", "is no valid TOML"),
    ],
)
def test_what_is_no_protocol_at_all_is_refused(tmp_path, text, words):
    assert words in refusal_of(tmp_path, text)


def test_a_file_that_is_no_text_and_a_folder_are_refused(tmp_path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProtocolError, match="is not UTF-8 text"):
        load_protocol(path)
    with pytest.raises(ProtocolError, match="cannot be read"):
        load_protocol(tmp_path)
