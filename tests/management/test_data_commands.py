"""`import_data` and `export_labels`, as people and scripts call them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from labelhub.management import progress
from labelhub.models import Label, Project, Solution
from tests import factories
from tests.services.data.files import Row, counts, made, problem, solution, write

pytestmark = pytest.mark.django_db

MERGED = "0 merged with problems already there"
TRL: Row = {"prompt": "What is 2 more than 5?", "completions": ["5 + 2 = 7.", "So 8."], "labels": [True, False]}


@pytest.fixture
def pears(tmp_path: Path) -> list[str]:
    """Solutions in the first file, the problems they name in the second, and a bad line in each."""
    solutions = [solution(1), solution(2, answer="9"), solution(3), solution(2, answer="9")]
    return [
        str(write(tmp_path / "solutions.jsonl", solutions)),
        str(write(tmp_path / "problems.jsonl", [problem(1), problem(2), b"[]"])),
    ]


Said = Callable[[], tuple[str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return lambda: capsys.readouterr()


def test_import_makes_the_project_tells_each_file_and_grades(db, pears, said):
    call_command("import_data", "pears", *pears, "--split", "gate")
    out, err = said()
    assert out.splitlines() == [
        f"{pears[0]}: created 2 solutions; 4 lines: 2 new, {MERGED}, 1 skipped as duplicates, 1 rejected",
        f"{pears[1]}: created 2 problems; 3 lines: 2 new, {MERGED}, 0 skipped as duplicates, 1 rejected",
        f"In all: created 2 problems, 2 solutions; 7 lines: 4 new, {MERGED}, 1 skipped as duplicates, 2 rejected",
        "Graded: 1 right, 1 wrong, 0 unknown; 0 of these by the source's own verdict",
    ]
    assert err.splitlines() == [
        "Made project pears.",
        f"{pears[0]}, line 3: There is no problem pears-3 in this project or in the files given.",
        f"{pears[1]}, line 3: The line is not a JSON object.",
    ]
    project = Project.objects.get(slug="pears")
    assert project.instructions.count() == 1
    assert set(project.problems.values_list("split", flat=True)) == {"gate"}
    assert set(Solution.objects.values_list("grade", flat=True)) == {"right", "wrong"}


def test_a_second_import_says_that_nothing_was_new(db, pears, said):
    call_command("import_data", "pears", *pears)
    said()
    call_command("import_data", "pears", *pears)
    assert f"In all: created nothing; 7 lines: 0 new, {MERGED}, 5 skipped as duplicates, 2 rejected" in said()[0]
    assert counts(Project.objects.get(slug="pears")) == made(problems=2, solutions=2)


def test_merged_lines_and_fields_that_nothing_reads_are_told(db, pears, tmp_path, said):
    call_command("import_data", "pears", *pears)
    said()
    other = problem(1, problem_id="other", source="here", licence="MIT")
    call_command("import_data", "pears", str(write(tmp_path / "a.jsonl", [other, problem(7, licence="MIT")])))
    first, second, *_ = said()[0].splitlines()
    assert first.endswith("2 lines: 1 new, 1 merged with problems already there, 0 skipped as duplicates, 0 rejected")
    assert second == "  Fields that nothing here reads: licence (2 lines), source (1 lines)."


def test_a_csv_file_is_called_one(db, tmp_path):
    table = tmp_path / "problems.csv"
    table.write_text("problem_id,problem,ground_truth_answer\np1,What is 1 + 1?,2\n")
    with pytest.raises(CommandError, match="The file is CSV"):
        call_command("import_data", "pears", str(table))
    assert not Project.objects.exists()


def test_a_csv_file_of_gold_is_called_one_too(project, tmp_path):
    table = tmp_path / "gold.csv"
    table.write_text("problem,first_mistakes\nWhat is 1 + 1?,0\n")
    with pytest.raises(CommandError, match="The file is CSV"):
        call_command("import_gold", project.slug, str(table), "--purpose", "practice")


def test_a_file_that_is_not_there_stops_it_before_anything_is_made(db, pears):
    with pytest.raises(CommandError, match="There is no file nowhere"):
        call_command("import_data", "pears", pears[1], "nowhere.jsonl")
    assert not Project.objects.exists()


def test_files_of_which_no_line_can_be_used_are_a_failure(db, tmp_path, said):
    bad = write(tmp_path / "bad.jsonl", [b"{", {"colour": "red"}])
    with pytest.raises(CommandError, match="Not a single line could be used"):
        call_command("import_data", "pears", str(bad))
    assert "line 2: The row's fields ('colour') fit no known format." in said()[1]


def test_a_slug_that_will_not_do_is_refused_in_a_sentence(db, pears):
    with pytest.raises(CommandError, match="slug"):
        call_command("import_data", "no slug", *pears)


def test_progress_goes_to_standard_error(db, pears, said, monkeypatch):
    monkeypatch.setattr(progress, "LOG_SECONDS", 0)
    call_command("import_data", "pears", *pears)
    assert "Grading answers: 2 of 2" in said()[1].splitlines()


@pytest.fixture
def labelled(project: Project, tmp_path: Path) -> Project:
    call_command("import_data", project.slug, str(write(tmp_path / "trl.jsonl", [TRL])), "--format", "trl")
    return project


def test_export_writes_a_file(labelled, tmp_path, said):
    said()
    output = tmp_path / "labels.jsonl"
    call_command("export_labels", labelled.slug, "--format", "trl", "--output", str(output))
    assert [json.loads(line) for line in output.read_text().splitlines()] == [TRL]
    assert said() == ("", "Exported 1 labels.\n")


def test_export_writes_to_standard_output_by_itself(labelled, capfdbinary):
    capfdbinary.readouterr()
    call_command("export_labels", labelled.slug, "--format", "trl")
    assert json.loads(capfdbinary.readouterr().out) == TRL


def test_a_broken_export_leaves_what_was_there(labelled, tmp_path):
    place = tmp_path / "exports"
    place.mkdir()
    output = place / "labels.jsonl"
    output.write_text("the export of yesterday\n")
    factories.LabelFactory(assignment__item__generation__project=labelled, steps=[{"completions": "broken"}])
    with pytest.raises(TypeError):
        call_command("export_labels", labelled.slug, "--format", "prm800k", "--output", str(output))
    assert Label.objects.count() == 2
    assert [(path.name, path.read_text()) for path in place.iterdir()] == [(output.name, "the export of yesterday\n")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "--format", "trl"], "There is no project nowhere."),
        (["apples", "--format", "trl", "--checkpoint", "9"], "The project has no checkpoint 9."),
        (["apples", "--format", "trl", "--output", "/no/such/place"], "can't be written: No such file or directory."),
    ],
)
def test_an_export_that_cannot_be_is_refused_in_a_sentence(project, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("export_labels", *arguments)


@pytest.mark.parametrize("command", ["import_data", "export_labels"])
def test_help_ends_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", command, "--help"])
    assert ended.value.code == 0
    assert f"Example: manage.py {command} " in " ".join(capsys.readouterr().out.split())
