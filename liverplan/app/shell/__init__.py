"""The application and its window: the step bar, the result bar, what napari finds."""
