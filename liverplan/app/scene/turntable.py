"""The 3D view once about, as an animated picture: no name, date or number of a patient is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QProgressDialog

from liverplan.app.kit.language import tr
from liverplan.app.scene.canvas import SceneCanvas

if TYPE_CHECKING:
    from PIL import Image as Pictures

FRAMES, FRAME_MS = 48, 80
"""Once about in four seconds."""


class Turntable(QObject):
    """Draws one picture after the other while the window goes on, then writes the file.

    A film that is cancelled, or that cannot be written, leaves no file behind.
    """

    def __init__(self, canvas: SceneCanvas, path: Path) -> None:
        super().__init__(canvas)
        self._canvas, self._path = canvas, path.with_suffix(".gif")
        self._frames: list[Pictures.Image] = []
        self.fault = ""
        self.dialog = QProgressDialog(
            tr("Turning the liver once about…"), tr("Cancel"), 0, FRAMES, canvas.window()
        )
        self.dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog.setMinimumDuration(0)
        self.dialog.setValue(0)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)
        self._timer.start()

    def _next(self) -> None:
        """Take the next picture; the last one ends the film."""
        from PIL import Image as Pictures  # noqa: PLC0415 - a window without a film needs none

        camera = self._canvas.scene.renderer.GetActiveCamera()
        if self.dialog.wasCanceled() or self._canvas.message:
            camera.Azimuth(-360 / FRAMES * len(self._frames))
            self._end()
            return
        picture = Pictures.fromarray(self._canvas.picture()[..., :3])
        self._frames.append(picture.quantize(method=Pictures.Quantize.FASTOCTREE))
        camera.Azimuth(360 / FRAMES)
        if len(self._frames) == FRAMES:
            self._write()
            self._end()
        else:
            self.dialog.setValue(len(self._frames))

    def _write(self) -> None:
        first, *others = self._frames
        beside = self._path.with_name(f".{self._path.name}.part")
        try:
            first.save(
                beside, "GIF", save_all=True, append_images=others, duration=FRAME_MS, loop=0
            )
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            reason = error.strerror or ""
            self.fault = tr("The film cannot be written: {reason}.", reason=reason)

    def _end(self) -> None:
        self._timer.stop()
        self._frames.clear()
        self.dialog.reset()
        if self.fault:
            said = self.dialog
            said.setLabelText(self.fault)
            said.setCancelButtonText(tr("Close"))
            said.show()
        self._canvas.update()
