"""Where things lie: beside the sources in a checkout; in the package and the current directory once it is installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = (PACKAGE / "pages").is_dir()  # a wheel brings the built pages along; a checkout builds its own
HOME = Path.cwd() if INSTALLED else PACKAGE.parent  # `.env` is read here, and relative paths are shown from here
PAGES = PACKAGE / "pages" if INSTALLED else HOME / "frontend" / "dist"
DATA = HOME / ("labelhub-data" if INSTALLED else "var")
