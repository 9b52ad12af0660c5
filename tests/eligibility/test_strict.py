"""Reading a table strictly: what stands where a key is absent, or does not serve."""

from liverplan.eligibility.strict import Table


def test_an_absent_text_is_its_default():
    faults = []
    table = Table({}, "", faults)
    assert (table.text("by", default="nobody"), table.text("by", default="")) == ("nobody", "")
    assert faults == []
    assert table.text("by") == ""
    assert faults == ["'by' is missing"]


def test_what_is_no_choice_is_a_fault_and_reads_as_the_first():
    faults = []
    assert Table({"sex": "other"}, "", faults).choice("sex", ("female", "male")) == "female"
    assert faults == ["'sex' must be one of female, male, not 'other'"]
