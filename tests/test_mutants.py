"""`make mutants` makes small faults that parse, draws the same ones by the same seed, and tells which die."""

import ast
from pathlib import Path

import pytest

from scripts.mutants import __main__ as command
from scripts.mutants import areas, covering, python_source
from scripts.mutants.mutant import draw
from scripts.mutants.tree import mutated

ROOT = Path(__file__).resolve().parents[1]


def made(source: str) -> list[tuple[str, str]]:
    return [(mutant.before, mutant.after) for mutant in python_source.mutants(source.encode(), "small.py")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ok = a < b", [("a < b", "a <= b")]),
        ("ok = a in b", [("a in b", "a not in b")]),
        ("ok = a and b", [("a and b", "a or b")]),
        ("ok = not a", [("not a", "a")]),
        ("n = a + b", [("a + b", "a - b")]),
        ("n = 3", [("3", "4")]),
        ("yes = True", [("True", "False")]),
        ("if a: b = c", [("a", "not a")]),
        ("if a == b: c = d", [("a == b", "a != b")]),
        ("save(a)", [("save(a)", "pass")]),
        ("def f(): return a", [("return a", "return None")]),
        ("def f(a=1): b = a", [("1", "2")]),
        ("while a: break", [("break", "pass")]),
        ("n = [a for a in b if a]", [("a", "not a")]),
    ],
)
def test_each_kind_of_fault_is_made(source, expected):
    assert made(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring with 1 < 2 in it."""',
        "logger.info('told', a < b)",
        "n: Literal[1] | None",
        "@cache(maxsize=3)\ndef f(a: int | None) -> int | None: ...",
        "assert a < b",
        "__all__ = ['a'] + ['b']",
        "if TYPE_CHECKING:\n    import a\n    b = 1",
        "text = 'one ' + two",
        "text = f'{a + 1}'",
        "pairs = zip(a, b, strict=True)",
    ],
)
def test_what_no_test_should_see_is_left_alone(source):
    assert made(source) == []


def test_every_mutant_parses_and_differs_from_what_it_replaces():
    for path in [*(ROOT / "labelhub/services/labeling").rglob("*.py"), *(ROOT / "selector/selection").rglob("*.py")]:
        whole = path.read_bytes()
        for mutant in python_source.mutants(whole, path.name):
            changed = whole[: mutant.start] + mutant.replacement.encode() + whole[mutant.end :]
            assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(whole)), mutant


def test_text_beyond_ascii_does_not_shift_a_mutant():
    source = "name = 'é 数'; ok = a < b"
    (mutant,) = python_source.mutants(source.encode(), "small.py")
    assert source.encode()[mutant.start : mutant.end] == b"a < b"


def test_the_same_seed_draws_the_same_and_another_seed_others():
    every = list(python_source.mutants((ROOT / "selector/selection/rules.py").read_bytes(), "rules.py"))
    assert draw(every, 1, 10) == draw(list(every), 1, 10)
    assert draw(every, 1, 10) != draw(every, 2, 10)
    assert len(draw(every, 1, 10)) == 10


def test_a_file_that_comes_along_moves_no_other_mutant_in_the_ranking():
    one = list(python_source.mutants(b"a = b < c\nd = e + 1", "one.py"))
    other = list(python_source.mutants(b"f = not g", "other.py"))
    kept = [mutant for mutant in draw([*other, *one], 1, 10) if mutant.file == "one.py"]
    assert kept == draw(one, 1, 10)


def test_a_test_is_as_near_to_a_file_as_their_paths_agree():
    assert covering.nearness("tests/services/test_jobs.py", "labelhub/services/jobs.py") == 2
    assert covering.nearness("tests/api/test_jobs.py", "labelhub/services/jobs.py") == 0
    assert covering.nearness("tests/features/quality/gold.test.tsx", "frontend/src/features/quality/gold/Form.tsx") == 3


def test_an_area_under_the_share_fails():
    found = [{"verdict": "killed"}] * 16 + [{"verdict": "timeout"}] + [{"verdict": "survived"}] * 3
    assert command.share(found) == 0.85
    assert "under" not in command.table({"queries": found})
    assert "under 85%" in command.table({"queries": [*found, {"verdict": "survived"}]})


SMALL = {
    "selector/small.py": "LIMIT = 5\n\n\ndef sign(n):\n    if n < 0:\n        return -1\n    return n + 0\n",
    "tests/selector/test_small.py": (
        "from selector.small import sign\n\n\n"
        "def test_a_negative_number():\n    assert sign(-3) == -1\n\n\n"
        "def test_a_positive_number():\n    assert sign(3) == 3\n"
    ),
    "tests/settings.py": (
        "from pathlib import Path\n\n"
        "PLACE = Path(__file__).parent / 'place'\n"
        "USE_TZ = True\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': str(PLACE / 'db.sqlite3'),\n"
        "                         'TEST': {'NAME': str(PLACE / 'test.sqlite3')}}}\n"
    ),
    "tests/conftest.py": (
        "import shutil\n\nfrom django.conf import settings\n\n\n"
        "def pytest_configure():\n    settings.PLACE.mkdir()\n\n\n"
        "def pytest_unconfigure():\n    shutil.rmtree(settings.PLACE)\n"
    ),
    "pyproject.toml": (
        "[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = 'tests.settings'\ndjango_find_project = false\n"
        "pythonpath = ['.']\nmarkers = ['slow', 'browser']\n"
    ),
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A source tree of one module and its tests, read as the area `selector`."""
    tree = tmp_path / "tree"
    for name, text in SMALL.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (tree / "scripts").symlink_to(ROOT / "scripts")
    monkeypatch.setattr(areas, "ROOT", tmp_path)
    return areas.PythonArea(tree, "selector", ("tests/selector",))


@pytest.mark.slow
def test_a_fault_that_a_test_sees_dies_and_one_that_none_sees_survives(small):
    by_change = {(mutant.before, mutant.after): mutant for mutant in small.mutants()}
    verdicts = {}
    for change in [("n + 0", "n - 0"), ("-1", "1"), ("return n + 0", "return None"), ("5", "6")]:
        with mutated(small.tree, by_change[change]):
            verdicts[change] = small.ask(by_change[change])
    assert verdicts == {
        ("n + 0", "n - 0"): ("survived", 1),
        ("-1", "1"): ("killed", 1),
        ("return n + 0", "return None"): ("killed", 1),
        ("5", "6"): ("survived", 2),
    }
    assert (small.tree / "selector/small.py").read_text() == SMALL["selector/small.py"]
