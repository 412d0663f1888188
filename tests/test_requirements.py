"""The requirement files name what the code imports, and nothing else without a reason."""

import ast
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PRODUCT = ("labelhub", "selector")
DEVELOPMENT = ("benchmarks", "scripts", "studies", "tests")


def entries(name):
    """Each requirement in the file, with the comment after it."""
    lines = (line.partition("#") for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    found = [(entry.strip(), comment.strip()) for entry, _, comment in lines]
    return [(Requirement(entry), comment) for entry, comment in found if entry and not entry.startswith("-")]


def names(*files):
    return {canonicalize_name(requirement.name) for name in files for requirement, _ in entries(name)}


def imported(*folders):
    """The distributions whose modules the folders import, or name in a setting such as INSTALLED_APPS."""
    modules = {module for folder in folders for path in (ROOT / folder).rglob("*.py") for module in mentions(path)}
    owners = packages_distributions()
    return {canonicalize_name(owner) for module in modules for owner in owners.get(module, ())}


def mentions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]
        elif path.name == "settings.py" and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.partition(".")[0]


@pytest.mark.parametrize(
    ("name", "folders"), [("requirements.txt", PRODUCT), ("requirements-dev.txt", (*PRODUCT, *DEVELOPMENT))]
)
def test_every_requirement_is_imported_or_says_why_it_is_there(name, folders):
    used = imported(*folders)
    unused = [str(entry) for entry, why in entries(name) if not why and canonicalize_name(entry.name) not in used]
    assert not unused


def test_what_the_product_imports_is_required_by_name():
    assert not imported(*PRODUCT) - names("requirements.txt", "requirements-large.txt") - {"labelhub"}


def test_what_development_imports_is_required_by_name():
    required = names("requirements.txt", "requirements-dev.txt", "requirements-studies.txt")
    assert not imported(*DEVELOPMENT) - required - {"labelhub"}


def test_every_requirement_has_the_version_that_the_constraints_have():
    constraints = {canonicalize_name(entry.name): str(entry.specifier) for entry, _ in entries("constraints.txt")}
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-large.txt", "requirements-studies.txt"):
        for entry, _ in entries(name):
            # Which build of torch is installed depends on the machine, so it has no constraint.
            if entry.name != "torch":
                assert str(entry.specifier) == constraints.get(canonicalize_name(entry.name)), f"{entry.name} in {name}"
