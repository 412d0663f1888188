"""The one part of the build that pyproject.toml can't describe: the built pages become part of the package."""

import gzip
import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PAGES = Path(__file__).parent / "frontend" / "dist"
NOT_BUILT = (
    "The pages aren't built, and without them there is no package: run `make setup`, or `npm ci && npm run build` in "
    "frontend/, and then build again."
)
TEXT = {".css", ".js", ".svg", ".ttf"}  # the other fonts are compressed already


class BuildWithPages(build_py):
    """Builds the package with the pages in `labelhub/pages`, where `labelhub.paths` looks for them."""

    def run(self) -> None:
        if self.editable_mode:  # runs from the checkout, which has its own
            return super().run()
        shutil.rmtree(self.build_lib, ignore_errors=True)  # setuptools would pack what an earlier build left there
        super().run()
        copied = Path(self.build_lib) / "labelhub" / "pages"
        shutil.copytree(PAGES, copied, ignore=shutil.ignore_patterns(".stamp"))
        for path in sorted(copied.rglob("*")):
            if path.suffix in TEXT:
                _compress(path)


def _compress(path: Path) -> None:
    """The site serves `name.gz` to browsers that take it, and has nowhere to make one once it is installed."""
    whole = path.read_bytes()
    if len(small := gzip.compress(whole, mtime=0)) < 0.95 * len(whole):
        path.with_name(f"{path.name}.gz").write_bytes(small)


if not (PAGES / ".vite" / "manifest.json").is_file():
    sys.exit(NOT_BUILT)  # at the first question a builder asks, before any dependency is fetched
setup(cmdclass={"build_py": BuildWithPages})
