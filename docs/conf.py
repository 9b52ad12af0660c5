"""How Sphinx builds the site; `docs.__main__` calls it."""

import warnings
from pathlib import Path

from liverplan import __version__

warnings.filterwarnings("ignore", category=DeprecationWarning)  # of what Sphinx builds with

project = "liverplan"
author = "The liverplan developers"
copyright = author  # noqa: A001 - Sphinx's name
version = release = __version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns: list[str] = ["files/**"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # they have been run
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # from a CDN else
nb_merge_streams = True

suppress_warnings = ["ref.python"]  # a field that is named as two rooms' names are: no link
toc_object_entries = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_search_scorer = str(Path(__file__).parent / "static" / "search_order.js")
html_title = f"liverplan {version}"
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "collapse_navigation": True,  # its toggles have no names that a screen reader could say
    "navbar_end": ["theme-switcher"],
    "navigation_with_keys": False,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
