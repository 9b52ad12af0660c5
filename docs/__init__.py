"""The project's site: pages in Markdown, and what builds them (``python -m docs``)."""
