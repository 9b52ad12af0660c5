"""Screens that do not answer: one sentence, where Qt itself would abort."""

import psutil
import pytest

from liverplan.app.shell import screen
from liverplan.errors import BackendError

ENVIRONMENT = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
LACKS = 'qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.'


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"DISPLAY": ":4321"}, "no screen answers where DISPLAY=:4321 points"),
        ({"DISPLAY": "localhost:77"}, "no screen answers where DISPLAY=localhost:77 points"),
        ({"DISPLAY": "nonsense"}, "no screen answers where DISPLAY=nonsense points"),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "where WAYLAND_DISPLAY=wayland-9 points"),
        (
            {"DISPLAY": ":4321", "WAYLAND_DISPLAY": "wayland-9"},
            "where DISPLAY=:4321 and WAYLAND_DISPLAY=wayland-9 points",
        ),
        ({"DISPLAY": ":4321", "QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM names 'nonsense'"),
    ],
)
def test_a_screen_that_does_not_answer_is_named(monkeypatch, names, says):
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BackendError, match="cannot open a window") as refusal:
        _opened()
    assert says in str(refusal.value)


def test_a_dead_wayland_beside_a_screen_that_answers_stops_nothing(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    _opened()


def test_a_screen_that_refuses_this_user_is_told_from_one_that_is_dead(monkeypatch, tmp_path):
    said = "Authorization required, but no authorization protocol specified\n"
    with pytest.raises(BackendError, match="XAUTHORITY"):
        _told(monkeypatch, tmp_path, f"raise SystemExit({said!r})")


def test_a_library_of_the_system_that_lacks_is_named_with_its_package(monkeypatch, tmp_path):
    with pytest.raises(BackendError, match=r"apt-get install .*libxcb-cursor0"):
        _told(monkeypatch, tmp_path, f"raise SystemExit({LACKS!r})")


def test_a_screen_that_never_answers_is_not_waited_for(monkeypatch, tmp_path):
    monkeypatch.setattr(screen, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(BackendError, match=r"DISPLAY=\S+ does not answer"):
        _told(monkeypatch, tmp_path, "import time; time.sleep(60)")


def test_what_is_seen_before_the_window_goes_when_that_is_there():
    with screen.splash():
        (child,) = psutil.Process().children()
        assert "splash.py" in " ".join(child.cmdline())
    assert not child.is_running()


def _opened():
    with screen.splash():
        pass


def _told(monkeypatch, folder, code):
    (folder / "child.py").write_text(code, "utf-8")
    monkeypatch.setattr(screen, "SPLASH", folder / "child.py")
    _opened()
