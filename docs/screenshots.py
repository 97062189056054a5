"""Pictures of a run's page for the docs, made anew by `python -m docs.screenshots`; needs Chromium and its driver."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.browser import MISSING, browser
from docs.page_sample import past, sample
from target_linkedin_conversions.reporting.page import index_page, run_page

FOLDER = Path(__file__).parent / "pictures"
PICTURES = {
    "run.png": ("run.html", 1024, "light", 1180),
    "run-dark.png": ("run.html", 1024, "dark", 1180),
    "run-on-a-phone.png": ("run.html", 360, "light", 1100),
    "runs.png": ("index.html", 1024, "light", 760),
}
"""The page, width, colours and height of each."""


def main() -> None:
    """Write the pictures."""
    if MISSING:
        sys.exit(MISSING)
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as place, browser() as window:
        folder = Path(place)
        (folder / "run.html").write_bytes(run_page(sample(), past()))
        (folder / "index.html").write_bytes(index_page(past(), {run.run for run in past()}))
        for name, (page, width, scheme, height) in PICTURES.items():
            window.open(folder / page)
            window.show_as(width, scheme)
            (FOLDER / name).write_bytes(window.picture(height))


if __name__ == "__main__":
    main()
