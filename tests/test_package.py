"""The package as somebody without a checkout gets it: built, installed into an empty environment, and run."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

import labelhub
from tests.present import present

ROOT = Path(__file__).parents[1]
SOURCES = (
    *("labelhub", "selector", "frontend/dist", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"),
    *("CHANGELOG.md", "constraints.txt", "requirements.txt", "requirements-large.txt", "requirements-studies.txt"),
)
KEY = "an-installed-site-" + "k9fW2xQ7" * 6
FETCH = """
import json, sys
from wsgiref.util import setup_testing_defaults
from labelhub.wsgi import application

for path in sys.argv[1:]:
    environ, begun = {"PATH_INFO": path, "HTTP_HOST": "localhost", "HTTP_ACCEPT_ENCODING": "gzip"}, []
    setup_testing_defaults(environ)
    body = b"".join(application(environ, lambda status, headers: begun.extend([status, dict(headers)])))
    print(json.dumps([*begun, body.decode("latin-1")]))
"""


def run(*words, cwd, given=b"", check=True, **environ):
    """The command once it has ended; it sees nothing of this process's environment."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    command = [str(word) for word in words]
    done = subprocess.run(command, cwd=cwd, input=given, env=kept | environ, capture_output=True, check=False)
    assert not check or done.returncode == 0, done.stderr.decode()
    return done


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """What the build reads, beside no other file of the checkout."""
    if not (ROOT / "frontend/dist/.vite/manifest.json").exists():
        pytest.fail("The pages aren't built: run `npm ci && npm run build` in frontend/.")
    copied = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copied / name)
    return copied


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory):
    made = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--no-index", "-w", made]
    (sources / "build/lib/labelhub").mkdir(parents=True)
    (sources / "build/lib/labelhub/moved_away.py").touch()  # what an earlier build left
    run(*pip, cwd=sources)
    (wheel,) = made.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The programs of an environment that has the wheel, and by reference what the wheel depends on."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, symlinks=True)
    python = place / "bin" / "python"
    found = sysconfig.get_path("purelib", vars={"base": place})
    Path(found, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=place)
    return place / "bin"


@pytest.fixture
def fetch(installed, tmp_path):
    """`fetch(path, ...)` asks the installed site through WSGI: for each path the status, the headers and the body."""

    def ask(*paths):
        settings = {"SECRET_KEY": KEY, "HTTPS": "false", "LOG_LEVEL": "WARNING"}
        done = run(installed / "python", "-c", FETCH, *paths, cwd=tmp_path, **settings)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return ask


def test_the_wheel_holds_every_file_of_the_packages_the_pages_and_nothing_of_an_earlier_build(wheel):
    listed = set(ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files", "labelhub", "selector"], cwd=ROOT, capture_output=True, text=True)
    here = {name for name in tracked.stdout.split() if (ROOT / name).exists()}
    assert here
    assert here <= listed
    assert "labelhub/pages/.vite/manifest.json" in listed
    assert "labelhub/moved_away.py" not in listed
    assert {name.partition("/")[0] for name in listed} == {
        "labelhub",
        "selector",
        f"labelhub-{labelhub.__version__}.dist-info",
    }


def test_the_package_depends_on_what_requirements_txt_names(wheel):
    metadata = ZipFile(wheel).read(f"labelhub-{labelhub.__version__}.dist-info/METADATA").decode()
    wanted = re.findall(r"^[A-Za-z][^\s#]*", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert re.findall(r"^Requires-Dist: ([^;\n]*)$", metadata, re.MULTILINE) == wanted


def test_the_version_stands_in_one_place_and_has_its_entry_in_the_changelog():
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in json.loads((ROOT / "frontend/package.json").read_text())
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] in ("Unreleased", labelhub.__version__)


def test_a_source_distribution_builds_the_same_wheel(sources, wheel, tmp_path):
    build = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
    run(sys.executable, "-c", build, "build_sdist", tmp_path, cwd=sources)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    run(sys.executable, "-c", build, "build_wheel", tmp_path, cwd=tmp_path / archive.name.removesuffix(".tar.gz"))
    (again,) = tmp_path.glob("*.whl")
    assert sorted(ZipFile(again).namelist()) == sorted(ZipFile(wheel).namelist())


def test_without_built_pages_the_build_says_what_to_do(sources, tmp_path):
    shutil.copytree(sources, tmp_path / "sources", ignore=shutil.ignore_patterns("frontend", "build"))
    asked = "from setuptools import build_meta; build_meta.get_requires_for_build_wheel()"
    done = run(sys.executable, "-c", asked, cwd=tmp_path / "sources", check=False)
    assert done.returncode
    (sentence,) = done.stderr.decode().splitlines()
    assert sentence.startswith("The pages aren't built")
    assert "`npm ci && npm run build`" in sentence


def test_selector_grades(installed, tmp_path):
    pairs = b'{"model_answer": "4/2", "ground_truth": "2"}\n{"model_answer": "\\\\sqrt{4}", "ground_truth": "3"}\n'
    done = run(installed / "selector", "grade", "-", cwd=tmp_path, given=pairs)
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["right", "wrong"]


def test_selector_speaks_of_itself_by_the_name_it_was_called(installed, tmp_path):
    done = run(installed / "selector", "grade", "none.jsonl", cwd=tmp_path, check=False)
    assert done.stderr.decode().startswith("selector grade: none.jsonl cannot be read")


def test_labelhub_finds_nothing_amiss(installed, tmp_path):
    done = run(installed / "labelhub", "check", cwd=tmp_path, SECRET_KEY=KEY)
    assert done.stdout == b"System check identified no issues (0 silenced).\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_lists_the_commands_before_there_is_a_secret(installed, tmp_path, words):
    told = run(installed / "labelhub", *words, cwd=tmp_path).stdout.decode()
    assert "Type 'labelhub help <subcommand>'" in told
    assert {"demo", "import_data", "open_generation"} <= set(told.split())
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_a_command_shows_what_to_type_here(installed, tmp_path):
    told = run(installed / "labelhub", "import_data", "--help", cwd=tmp_path).stdout.decode()
    assert "Example: labelhub import_data gsm8k" in told


def test_a_setting_that_is_missing_is_one_sentence(installed, tmp_path):
    done = run(installed / "labelhub", "migrate", cwd=tmp_path, check=False)
    assert done.returncode == 1
    (sentence,) = done.stderr.decode().splitlines()
    assert sentence.startswith("labelhub: SECRET_KEY is not set")


def test_the_command_tells_the_version(installed, tmp_path):
    assert (
        run(installed / "labelhub", "--version", cwd=tmp_path).stdout.decode() == f"LabelHub {labelhub.__version__}\n"
    )


def test_data_go_to_a_directory_of_their_own_where_labelhub_was_started(installed, tmp_path):
    (tmp_path / ".env").write_text(f"SECRET_KEY={KEY}\n")
    run(installed / "labelhub", "migrate", "contenttypes", cwd=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "labelhub-data"]
    assert (tmp_path / "labelhub-data" / "db.sqlite3").is_file()


def test_data_go_where_data_dir_says(installed, tmp_path):
    show = "from labelhub.settings import DATABASES, MEDIA_ROOT as m; print(DATABASES['default']['NAME'], m)"
    done = run(installed / "python", "-c", show, cwd=tmp_path, SECRET_KEY=KEY, DATA_DIR="elsewhere")
    assert done.stdout.decode().split() == [f"{tmp_path}/elsewhere/db.sqlite3", f"{tmp_path}/elsewhere/uploads"]


def test_the_page_and_its_files_come_from_the_package(fetch, tmp_path):
    [(status, _, page)] = fetch("/projects/apples")
    assert status == "200 OK"
    script = present(re.search(r'src="(/static/assets/main-[^"]+)"', page))[1]
    (status, headers, body), (of_admin, *_) = fetch(script, "/static/admin/css/base.css")
    assert status == of_admin == "200 OK"
    assert headers["Content-Encoding"] == "gzip"
    built = ROOT / "frontend/dist" / script.removeprefix("/static/")
    assert gzip.decompress(body.encode("latin-1")) == built.read_bytes()
    assert list(tmp_path.iterdir()) == []
