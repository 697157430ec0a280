"""The console page: GraphiQL, served from files that are part of the package."""

from pathlib import Path

FOLDER = Path(__file__).parent / "files"
PAGE = FOLDER / "index.html"
