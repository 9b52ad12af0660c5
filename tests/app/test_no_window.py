"""Screens that do not answer: one sentence, where Qt itself would abort."""

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
        screen.require_window()
    assert says in str(refusal.value)


def test_a_dead_wayland_beside_a_screen_that_answers_stops_nothing(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    screen.require_window()


def test_a_screen_that_refuses_this_user_is_told_from_one_that_is_dead(monkeypatch):
    said = "Authorization required, but no authorization protocol specified\n"
    with pytest.raises(BackendError, match="XAUTHORITY"):
        _asked(monkeypatch, said)


def test_a_library_of_the_system_that_lacks_is_named_with_its_package(monkeypatch):
    with pytest.raises(BackendError, match=r"apt-get install .*libxcb-cursor0"):
        _asked(monkeypatch, LACKS)


def _asked(monkeypatch, said):
    def aborted(*_a, **_k):
        return screen.subprocess.CompletedProcess([], -6, "", said)

    monkeypatch.setattr(screen.subprocess, "run", aborted)
    screen.require_window()
