"""The window: steps on the left, slices in the middle, 3D on the right, the result below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from liverplan.app.kit import theme
from liverplan.app.kit.dress import dress
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import label
from liverplan.app.scene.pane import ScenePane
from liverplan.app.shell.result_bar import ResultBar
from liverplan.app.shell.step_bar import Steps
from liverplan.app.slices.convert import VIEW_NAMES
from liverplan.app.slices.slice_bar import SliceBar
from liverplan.app.slices.view import SliceView
from liverplan.app.slices.views import ThreeViews

NARROW = 1400
"""Windows narrower than this show one slice at a time, behind tabs."""


class Central(QWidget):
    """Everything between the menu and the window's lower edge."""

    def __init__(
        self,
        steps: Steps,
        views: ThreeViews,
        bar: SliceBar,
        scene: ScenePane,
        result: ResultBar,
    ) -> None:
        super().__init__()
        self.setObjectName("liverplan")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.steps, self.views, self.scene, self.result = steps, views, scene, result
        self.bar = bar
        self.maximised: QWidget | None = None
        self.sheets: list[QWidget] = []
        self.sheet: QWidget | None = None
        self.narrow = False
        self.footer = label("", "secondary", wrap=False)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for name in VIEW_NAMES:
            self.tabs.addTab(tr(name))
        self.tabs.currentChanged.connect(lambda _n: self.arrange())
        self._build()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return what the layout is drawn for."""
        return QSize(1600, 960)

    def _build(self) -> None:
        axial, coronal, sagittal = (self.views.views[name] for name in VIEW_NAMES)
        self.lower_row = QSplitter(Qt.Orientation.Horizontal)
        self.lower_row.addWidget(coronal)
        self.lower_row.addWidget(sagittal)
        self.upper_row = QSplitter(Qt.Orientation.Horizontal)
        self.upper_row.addWidget(axial)
        self.slices = QSplitter(Qt.Orientation.Vertical)
        self.slices.addWidget(self.upper_row)
        self.slices.addWidget(self.lower_row)
        self.slices.setSizes([520, 380])
        self.middle = QWidget()
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.tabs)
        column.addWidget(self.slices, 1)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        self.panes.addWidget(self.middle)
        self.panes.addWidget(self.scene)
        self.panes.setSizes([660, 600])
        for splitter in (self.upper_row, self.lower_row, self.slices, self.panes):
            splitter.setHandleWidth(4)
            splitter.setChildrenCollapsible(False)
        self.right = right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.panes, 1)
        right.addWidget(self.result)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.steps)
        layout.addLayout(right, 1)
        self.arrange()

    def add_sheet(self, sheet: QWidget) -> None:
        """Take in a sheet that can lie where the panes are."""
        self.sheets.append(sheet)
        sheet.hide()
        self.right.insertWidget(0, sheet, 1)

    def add_beside(self, pane: QWidget) -> None:
        """Take in a pane that can stand beside the axial view, as wide as that."""
        self.upper_row.addWidget(pane)

    def share_upper_row(self) -> None:
        """Give the axial view and what stands beside it the same width."""
        self.upper_row.setSizes([self.upper_row.width() // 2] * 2)

    def show_sheet(self, sheet: QWidget | None) -> None:
        """Lay a sheet where the panes are, or show the panes again; steps and result stay."""
        for other in self.sheets:
            other.setVisible(other is sheet)
        self.panes.setVisible(sheet is None)
        self.sheet = sheet
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the arrangement that fits the width."""
        narrow = event.size().width() < NARROW
        if narrow != self.narrow or event.oldSize().width() < 0:
            self.narrow = narrow
            wide = event.size().width() - (steps_width(narrow=narrow))
            scene = 400 if narrow else round(wide * 0.47)
            self.panes.setSizes([wide - scene, scene])
            self.arrange()
        super().resizeEvent(event)

    def view_after(self, view: SliceView) -> SliceView:
        """Return the slice view after another, shown: of those that are seen, or of the tabs."""
        names = [name for name in VIEW_NAMES if self.narrow or self.views.views[name].isVisible()]
        if self.maximised is not None or not names:
            return view
        name = names[(names.index(view.name) + 1) % len(names)]
        if self.narrow:
            self.tabs.setCurrentIndex(VIEW_NAMES.index(name))
        return self.views.views[name]

    def toggle_maximised(self, pane: QWidget) -> None:
        """Show one pane alone, or all again."""
        self.maximised = None if self.maximised is pane else pane
        self.arrange()

    def arrange(self) -> None:
        """Show the panes that the width, the tab and the double-click ask for."""
        alone = self.maximised
        self.steps.setFixedWidth(steps_width(narrow=self.narrow))
        self.tabs.setVisible(self.narrow and alone is None)
        for number, name in enumerate(VIEW_NAMES):
            view = self.views.views[name]
            behind = self.narrow and number != self.tabs.currentIndex()
            view.setVisible(alone is view or (alone is None and not behind))
        axial, coronal, sagittal = (self.views.views[name] for name in VIEW_NAMES)
        below = not (coronal.isHidden() and sagittal.isHidden())
        self.lower_row.setVisible(below)
        self.upper_row.setVisible(not axial.isHidden())
        slices = below or not axial.isHidden()
        self.middle.setVisible(slices)
        self.scene.setVisible(alone in (None, self.scene.canvas))
        self.views.redraw()


def steps_width(*, narrow: bool) -> int:
    """Return the width of the steps' column, pixels."""
    return theme.pixels(theme.STEPS_PT["narrow" if narrow else "wide"])


def window_around(central: Central) -> QMainWindow:
    """Make the window, not shown yet; it is gone when it is closed."""
    window = QMainWindow()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.setMinimumSize(1000, 640)
    dress(window)
    window.setCentralWidget(central)
    return window
