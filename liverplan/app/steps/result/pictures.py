"""Verbs on pictures that are kept: keep the one on show, give it a title, delete it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QBuffer, QIODevice, QObject
from PySide6.QtGui import QImage

from liverplan.app.kit.language import en, tr
from liverplan.app.scene.canvas import SceneCanvas
from liverplan.app.session.context import Context
from liverplan.app.session.notices import WINDOW
from liverplan.app.slices.convert import VIEW_NAMES
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.picture import picture_of
from liverplan.app.slices.view import SliceView
from liverplan.app.slices.views import ThreeViews
from liverplan.findings.key_images import LONGEST_TITLE, KeyImage

MOST = 40
"""Pictures of one case: each is some hundred kilobytes, and a report is read by people."""


class Pictures(QObject):
    """Keeps pictures in the case; each step can be undone."""

    def __init__(
        self, context: Context, views: ThreeViews, mouse: Mouse, scene: SceneCanvas
    ) -> None:
        super().__init__()
        self._session, self._notices = context.session, context.notices
        self._views, self._mouse, self._scene = views, mouse, scene

    @property
    def kept(self) -> tuple[KeyImage, ...]:
        """The case's pictures, in the order in which they were kept."""
        return self._session.work.key_images

    def keep(self) -> None:
        """Keep what is under the mouse: the liver in 3D, else the slice it was over last."""
        if self._session.work.volume is None:
            self._notices.say(WINDOW, tr("No CT is open, so there is no picture to keep."))
        elif len(self.kept) >= MOST:
            words = tr("{most} pictures are kept; delete one in step 5 first.", most=MOST)
            self._notices.say(WINDOW, words)
        elif self._scene.underMouse() and not self._scene.message:
            self._add(KeyImage(png=png_of(self._scene.grab().toImage()), view="3D"))
        else:
            view = self._slice()
            if view is not None:
                self._keep_slice(view)

    def _slice(self) -> SliceView | None:
        """Return the view that the mouse was over last, or another that can be seen."""
        all_views = (self._mouse.hovered, *(self._views.views[name] for name in VIEW_NAMES))
        return next((view for view in all_views if view.isVisible()), None)

    def _keep_slice(self, view: SliceView) -> None:
        look = view.look
        if look is None:
            return
        texts = (one for one in self._session.work.annotations if one.view == view.name)
        self._add(
            KeyImage(
                png=png_of(picture_of(view)),
                view=view.name,
                slice_number=look.index + 1,
                slice_count=look.grid.shape[look.axes.along],
                window_hu=(self._views.level_hu, self._views.width_hu),
                written_on=any(one.text for one in texts),
            )
        )

    def _add(self, image: KeyImage) -> None:
        self._become(en("keep a picture"), (*self.kept, image))
        words = tr("Picture {number} is kept; it stands in step 5.", number=len(self.kept))
        self._notices.say(WINDOW, words, "info")

    def entitle(self, number: int, title: str) -> None:
        """Call a picture otherwise."""
        kept, title = list(self.kept), " ".join(title.split())[:LONGEST_TITLE]
        if kept[number].title != title:
            kept[number] = replace(kept[number], title=title)
            self._become(en("title of a picture"), tuple(kept))

    def delete(self, number: int) -> None:
        """Take a picture out of the case as it is now; its history keeps it."""
        self._become(en("delete a picture"), self.kept[:number] + self.kept[number + 1 :])

    def _become(self, name: str, kept: tuple[KeyImage, ...]) -> None:
        self._session.do(name, replace(self._session.work, key_images=kept))


def png_of(image: QImage) -> bytes:
    """Return a picture as PNG, without opacity and without anything said of it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
