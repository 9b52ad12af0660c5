"""The slice views: what they show, where they look, what the mouse does there."""
