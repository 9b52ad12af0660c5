"""Where the application keeps its cases."""

from liverplan.app.shell.home import default_home


def test_the_environment_goes_before_the_settings_and_these_before_the_usual(monkeypatch, tmp_path):
    file = tmp_path / "settings.toml"
    monkeypatch.setenv("LIVERPLAN_SETTINGS", str(file))
    file.write_text('cases = "kept"', "utf-8")
    monkeypatch.setenv("LIVERPLAN_HOME", str(tmp_path / "named"))
    assert default_home() == tmp_path / "named"
    monkeypatch.delenv("LIVERPLAN_HOME")
    assert default_home() == tmp_path / "kept"
    file.write_text("", "utf-8")
    assert default_home().name == "liverplan"
