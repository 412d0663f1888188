"""Importing problems and solutions: every line accounted for, and a second time nothing new."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelhub.errors import Absent, Invalid, Superseded
from labelhub.models import Event, Job, Problem, ProblemKey, Project, Solution
from labelhub.services import jobs
from labelhub.services.data import importing
from labelhub.services.data.importing import entries
from labelhub.services.data.importing import job as import_job
from labelhub.services.data.importing.problems import STRICTNESS, split_by_hash
from labelhub.services.data.importing.report import MOST_FIELDS, MOST_REJECTIONS, Report
from selector.formats import jsonl
from selector.grading.normalize import problem_digest
from tests import factories
from tests.services.data.files import Row, counts, made, problem, read, read_rows, solution, write

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def the_problem(project: Project) -> Problem:
    return Problem.objects.get(project=project)


# What goes in


def test_problems_and_solutions_come_in_with_all_they_say(project, tmp_path):
    rows = [
        problem(1, ground_truth_solution="1 + 2 = 3.", split="gate", subject="pears"),
        solution(1, generator="a small model", is_correct=True, temperature=0.7, step_labels=[1, 1, 1]),
    ]
    report = read_rows(project, tmp_path, rows)
    assert report.as_dict() == {
        "lines": 2,
        "created": made(problems=1, solutions=1, labels=1),
        "created_lines": 2,
        "merged": 0,
        "skipped": 0,
        "rejected": 0,
        "rejections": [],
        "more": 0,
        "reasons": [],
        "notes": [],
        "unread": {"subject": 1, "temperature": 1},
    }
    found = Solution.objects.select_related("problem").get()
    assert (found.problem.text, found.problem.ground_truth_answer) == (rows[0]["problem"], "3")
    assert (found.problem.ground_truth_solution, found.problem.split) == ("1 + 2 = 3.", "gate")
    assert found.problem.meta == {"subject": "pears"}
    assert (found.key, found.steps, found.answer) == ("pears-1-0", rows[1]["steps"], "3")
    assert (found.source_verdict, found.grade, found.graded_by) == (True, None, None)
    assert found.meta == {"generator": "a small model", "temperature": 0.7}


def test_fields_that_nothing_reads_are_named_once_with_their_lines(project, tmp_path):
    rows = [problem(1, licence="MIT"), *(solution(1, n, licence="MIT", label_kind="human", n_copies=n) for n in (1, 2))]
    report = read_rows(project, tmp_path, [*rows, solution(9, licence="MIT"), b"x"])
    assert report.as_dict()["unread"] == {"label_kind": 2, "licence": 3, "n_copies": 2}
    many = [problem(n, **{f"field {n}": 1}) for n in range(10, 80)]
    found = read_rows(project, tmp_path, many).as_dict()["unread"]
    assert (len(found), found["other fields"]) == (MOST_FIELDS + 1, 70 - MOST_FIELDS)


def test_problems_may_come_after_the_solutions_that_name_them(project, tmp_path):
    report = read_rows(project, tmp_path, [solution(1), problem(1), solution(2), problem(2)])
    assert report.created == {"problems": 2, "solutions": 2}


def test_files_may_come_in_any_order(project, tmp_path):
    solutions = write(tmp_path / "a.jsonl", [solution(1), solution(2)])
    problems = write(tmp_path / "b.jsonl", [problem(1), problem(2)])
    first, second = read(project, solutions, problems)
    assert (first.created, second.created) == ({"solutions": 2}, {"problems": 2})


def test_a_solution_may_name_a_problem_of_an_earlier_import(project, tmp_path):
    read_rows(project, tmp_path, [problem()])
    assert read_rows(project, tmp_path, [solution()]).created == {"solutions": 1}


def test_alternatives_come_in_with_a_solution(project, tmp_path):
    long = "x" * 20_000
    rows = [problem(), solution(alternatives={"1": ["1 + 2 = 4.", long], "2": ["She has 3."]}, generator="g")]
    assert read_rows(project, tmp_path, rows).created["alternatives"] == 3
    assert read_rows(project, tmp_path, rows).skipped == 2
    offered = Solution.objects.get().alternatives.order_by("pk").values_list("step", "text", "source")
    assert list(offered) == [(1, "1 + 2 = 4.", "g"), (1, long, "g"), (2, "She has 3.", "g")]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_line_endings_empty_lines_and_a_byte_order_mark_are_nobodys_mistake(project, tmp_path, ending):
    file = write(tmp_path / "lines.jsonl", [b"", problem(1), b"  ", problem(2), b""])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().lstrip().replace(b"\n", ending).rstrip())
    (report,) = read(project, file)
    assert (report.created, report.rejected) == ({"problems": 2}, 0)


def test_an_empty_file_is_an_empty_report(project, tmp_path):
    assert read_rows(project, tmp_path, []).lines == 0


# What is the same


def test_the_same_file_twice_creates_nothing(project, tmp_path):
    rows = [problem(1), problem(2), solution(1), solution(1, 1), solution(2)]
    read_rows(project, tmp_path, rows)
    before = counts(project)
    again = read_rows(project, tmp_path, rows)
    assert (again.created, again.skipped, again.rejected) == ({}, 5, 0)
    assert counts(project) == before


def test_a_line_twice_in_a_file_is_once_in_the_project(project, tmp_path):
    report = read_rows(project, tmp_path, [problem(), problem(), solution(), solution()])
    assert (report.created, report.skipped) == ({"problems": 1, "solutions": 1}, 2)


def test_the_same_text_under_another_id_is_the_same_problem_and_goes_by_both(project, tmp_path):
    read_rows(project, tmp_path, [problem()])
    other = problem(problem_id="elsewhere", problem="Ana has 1  pears and picks\n2 more. How many does she have? ")
    report = read_rows(project, tmp_path, [other, solution(problem_id="elsewhere"), solution(sample=1)])
    assert (report.created, report.created_lines, report.merged, report.skipped) == ({"solutions": 2}, 2, 1, 0)
    assert read_rows(project, tmp_path, [other]).skipped == 1
    assert set(ProblemKey.objects.values_list("key", "problem")) == {
        ("elsewhere", the_problem(project).pk),
        ("pears-1", the_problem(project).pk),
    }


def test_identical_steps_under_another_id_are_a_solution_of_their_own_and_marked_as_duplicates(project, tmp_path):
    twin = solution(steps=[f" {step} " for step in solution()["steps"]], solution_id="twin")
    assert read_rows(project, tmp_path, [problem(), solution(), twin]).created["solutions"] == 2
    assert len(set(Solution.objects.values_list("digest", flat=True))) == 1


def test_two_projects_share_nothing(project, tmp_path):
    rows = [problem(), solution()]
    read_rows(project, tmp_path, rows)
    other = factories.ProjectFactory()
    assert read_rows(other, tmp_path, rows).created == {"problems": 1, "solutions": 1}
    assert read_rows(factories.ProjectFactory(), tmp_path, rows[1:]).rejected == 1


def test_a_missing_truth_is_filled_in_and_the_solutions_wait_for_another_grade(project, tmp_path):
    read_rows(project, tmp_path, [problem(ground_truth_answer=None), solution(), solution(sample=1)])
    Solution.objects.filter(key="pears-1-0").update(grade="unknown", graded_by="grader")
    Solution.objects.filter(key="pears-1-1").update(grade="wrong", graded_by="person")
    report = read_rows(project, tmp_path, [problem(ground_truth_solution="1 + 2 = 3.")])
    assert (report.skipped, report.merged, report.as_dict()["notes"]) == (
        0,
        1,
        ["Lines with a ground-truth answer or solution that the problem had lacked: 1."],
    )
    found = the_problem(project)
    assert (found.ground_truth_answer, found.ground_truth_solution) == ("3", "1 + 2 = 3.")
    assert list(Solution.objects.order_by("key").values_list("grade", flat=True)) == [None, "wrong"]


def test_the_first_ground_truth_answer_stays_and_others_are_told(project, tmp_path):
    read_rows(project, tmp_path, [problem()])
    same, other = problem(ground_truth_answer=" 3"), problem(ground_truth_answer="4")
    report = read_rows(project, tmp_path, [same, other])
    assert report.as_dict()["notes"] == [
        "Lines with another ground-truth answer than the problem's first, which is kept: 1."
    ]
    assert the_problem(project).ground_truth_answer == "3"


def told(report: Report) -> dict[str, int]:
    """Lines by what became of them; together they are all lines."""
    found = {"created": report.created_lines, "merged": report.merged}
    found |= {"skipped": report.skipped, "rejected": report.rejected}
    assert sum(found.values()) == report.lines == report.as_dict()["lines"]
    return found


PROCESSBENCH = {"id": "b-1", "generator": "g", "problem": "Ben?", "steps": ["2."], "final_answer_correct": True}
MIXED: list[Any] = [
    problem(1),
    problem(1, problem_id="the same by another id"),
    problem(1, problem_id="once more", ground_truth_answer=None, split="test"),
    problem(2, ground_truth_answer=None),
    problem(2, ground_truth_solution="2 + 2 = 4."),
    problem(3, problem_id="pears-1"),
    solution(1),
    solution(1, 1, step_labels=[1, 1, None]),
    solution(1, 1, step_labels=[1, -1]),
    solution(2, alternatives={"1": ["2 + 2 = 5."]}),
    solution(2, steps=["Another way."]),
    solution(9),
    PROCESSBENCH | {"label": -1},
    PROCESSBENCH | {"label": 0},
    PROCESSBENCH | {"label": 1},
    b"x",
    b"[]",
    b"",
]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.sampled_from(MIXED), max_size=12), min_size=1, max_size=3))
def test_every_line_is_created_merged_skipped_or_rejected(tmp_path_factory, db, files):
    project, place = factories.ProjectFactory(), tmp_path_factory.mktemp("mixed")
    for rows in files:
        first = told(read_rows(project, place, rows))
        assert sum(first.values()) == sum(row != b"" for row in rows)
        before = counts(project)
        again = told(read_rows(project, place, rows))
        assert counts(project) == before
        assert (again["created"], again["merged"]) == (0, 0)
        assert sum(again.values()) == sum(first.values())


def test_lines_of_a_file_that_overlaps_are_merged_and_told(project, shared_data):
    """108 of MATH-500's problems are in ProcessBench's MATH set, under other ids and without their solutions."""
    read(project, shared_data / "processbench_math.problems.jsonl")
    math500 = shared_data / "math500.problems.jsonl"
    (report,) = read(project, math500)
    assert (report.created, told(report)) == (
        {"problems": 392},
        {"created": 392, "merged": 108, "skipped": 0, "rejected": 0},
    )
    (again,) = read(project, math500)
    assert told(again) == {"created": 0, "merged": 0, "skipped": 500, "rejected": 0}


# What is turned away

BAD_LINES: dict[str, tuple[Row | bytes, str]] = {
    "broken JSON": (b'{"problem_id": "a", ', "The line is not valid JSON: "),
    "two rows on a line": (b"{} {}", "The line is not valid JSON: Extra data"),
    "not an object": (b"[1, 2]", "The line is not a JSON object."),
    "invalid UTF-8": (b'{"problem_id": "\xff"}', "The line is not valid UTF-8 (byte 17)."),
    "a raw NUL": (b'{"problem_id": "\0"}', "The line is not valid JSON: a NUL character."),
    "an escaped NUL": (problem(9, problem="a\0b"), "problem contains a NUL character."),
    "half a surrogate pair": (problem(9, problem="a\ud800b"), "problem contains half of a surrogate pair."),
    "not a number": (
        b'{"problem_id": "a", "x": NaN}',
        "The line is not valid JSON: it holds NaN. JSON's word for no value is null.",
    ),
    "no known fields": ({"colour": "red"}, "The row's fields ('colour') fit no known format."),
    "a missing field": ({"problem_id": "a", "problem": "b"}, "ground_truth_answer is missing."),
    "a wrong type": (problem(9, problem=3), "problem is a number, not a string."),
    "an empty problem": (problem(9, problem=" "), "problem is empty."),
    "an unknown split": (problem(9, split="holdout"), "split is none of train, gate, test."),
    "a long problem id": (problem(9, problem_id="a" * 201), "problem_id is longer than 200 characters."),
    "a problem's id for another": (
        problem(9, problem_id="pears-1"),
        "problem_id pears-1 already names another problem.",
    ),
    "no steps": (solution(steps=[]), "steps is empty."),
    "a blank step": (solution(steps=["a", " "]), "steps[1] is empty."),
    "steps of a wrong type": (solution(steps="a"), "steps is a string, not a list."),
    "a long step": (solution(steps=["a" * 100_001]), "steps[0] is longer than 100,000 characters."),
    "an unknown problem": (solution(7), "There is no problem pears-7 in this project or in the files given."),
    "a long solution id": (solution(solution_id="a" * 201), "solution_id is longer than 200 characters."),
    "a solution's id for another": (
        solution(steps=["Something else."]),
        "solution_id pears-1-0 already names a solution of this problem with other steps.",
    ),
    "alternatives to no step": (solution(sample=9, alternatives={"3": ["a"]}), "alternatives has the key '3'"),
    "a rating that is none": (solution(sample=9, step_labels=[2]), "step_labels[0] is neither -1, 0, 1 nor null."),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_told_by_its_number_and_the_rest_go_in(project, tmp_path, name):
    line, sentence = BAD_LINES[name]
    report = read_rows(project, tmp_path, [problem(1), solution(1), line, b"", problem(2), solution(2)])
    assert [(each.line, each.reason[: len(sentence)]) for each in report.rejections] == [(3, sentence)]
    assert (report.created, report.rejected) == ({"problems": 2, "solutions": 2}, 1)


def test_an_overlong_line_is_told_without_being_held_in_memory(project, tmp_path):
    long = b'{"problem": "' + b"x" * jsonl.MAX_LINE_BYTES + b'"}'
    report = read_rows(project, tmp_path, [long, problem()])
    assert [(each.line, each.reason) for each in report.rejections] == [(1, "The line is longer than 16 MB.")]
    assert report.created == {"problems": 1}


def test_a_row_goes_in_whole_or_not_at_all(project, tmp_path):
    row = {"id": "b-1", "generator": "g", "problem": "Ben has 2 figs.", "steps": ["2."], "final_answer_correct": True}
    long = {**row, "id": "x" * 201, "problem": "Cleo has 2 figs.", "label": -1}
    report = read_rows(project, tmp_path, [{**row, "label": -1}, long])
    assert (report.rejected, counts(project)) == (1, made(problems=1, solutions=1, labels=1))


def test_rejections_beyond_a_thousand_are_counted(project, tmp_path):
    told = read_rows(project, tmp_path, [b"x"] * (MOST_REJECTIONS + 7)).as_dict()
    assert (told["rejected"], len(told["rejections"]), told["more"]) == (1007, 1000, 7)


def test_rejections_are_told_in_the_order_of_the_lines(project, tmp_path):
    report = read_rows(project, tmp_path, [solution(7), b"x", solution(8), b"y"])
    assert [each.line for each in report.rejections] == [1, 2, 3, 4]


@pytest.mark.parametrize("options", [{"format": "csv"}, {"split": "dev"}])
def test_unknown_options_are_refused_by_name(project, tmp_path, options):
    with pytest.raises(Invalid) as refusal:
        read_rows(project, tmp_path, [problem()], **options)
    assert list(refusal.value.fields) == list(options)


def test_a_named_format_is_not_second_guessed(project, tmp_path):
    report = read_rows(project, tmp_path, [problem()], format="trl")
    assert report.rejections[0].reason == "prompt is missing."


# Splits


@pytest.mark.parametrize(
    ("own", "option", "split"),
    [
        ("gate", "train", "gate"),
        ("test", None, "test"),
        ("held_out", "train", "test"),
        ("train", "gate", "train"),
        ("dev", "gate", "gate"),
        (None, "test", "test"),
    ],
)
def test_a_rows_own_split_comes_before_the_option(project, tmp_path, own, option, split):
    read_rows(project, tmp_path, [problem(split=own)], split=option)
    assert the_problem(project).split == split


@pytest.mark.parametrize(("gate", "test", "split"), [(0, 1, "test"), (1, 0, "gate"), (0, 0, "train")])
def test_without_a_split_the_hash_decides_by_the_projects_shares(project, tmp_path, gate, test, split):
    Project.objects.filter(pk=project.pk).update(gate_share=gate, test_share=test)
    project.refresh_from_db()
    read_rows(project, tmp_path, [problem(split="dev")])
    assert the_problem(project).split == split


def test_the_hash_splits_eighty_ten_ten_and_by_the_text_alone(project):
    digests = [problem_digest(problem(n)["problem"]) for n in range(2000)]
    splits = [split_by_hash(project, digest) for digest in digests]
    assert splits == [split_by_hash(factories.ProjectFactory(), digest) for digest in digests]
    assert 150 < splits.count("test") < 250 and 150 < splits.count("gate") < 250  # 200 each, 3.7 deviations wide


def test_a_stricter_split_is_told(project, tmp_path):
    read_rows(project, tmp_path, [problem()], split="train")
    report = read_rows(project, tmp_path, [problem()], split="gate")
    assert report.as_dict()["notes"] == ["Lines that hold out a problem which was not held out as strictly: 1."]
    assert (report.merged, the_problem(project).split) == (1, "gate")


def test_a_row_without_a_split_moves_nothing(project, tmp_path):
    Project.objects.filter(pk=project.pk).update(gate_share=0, test_share=1)
    project.refresh_from_db()
    read_rows(project, tmp_path, [problem()], split="train")
    read_rows(project, tmp_path, [problem()])
    assert the_problem(project).split == "train"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.sampled_from(["train", "gate", "test", None]), min_size=1, max_size=4), max_size=4))
def test_however_a_problem_comes_in_its_strictest_split_stays(tmp_path_factory, db, files):
    project = factories.ProjectFactory()
    place = tmp_path_factory.mktemp("splits")
    read_rows(project, place, [problem(split="train")])
    for splits in files:
        read_rows(project, place, [problem(split=split) for split in splits])
    wanted = [split for splits in files for split in splits if split] + ["train"]
    assert the_problem(project).split == max(wanted, key=lambda split: STRICTNESS[split])


# However big, whoever else


def test_a_chunk_costs_the_same_queries_whatever_it_holds(project, tmp_path):
    def selects(numbers: range) -> int:
        rows = [row for n in numbers for row in (problem(n), solution(n))]
        with CaptureQueriesContext(connection) as queries:
            read_rows(project, tmp_path, rows)
        return sum(query["sql"].startswith("SELECT") for query in queries)

    assert selects(range(10)) == selects(range(100, 340))


def test_memory_is_bounded_by_lines_and_by_bytes(tmp_path):
    short = write(tmp_path / "short.jsonl", [problem(n) for n in range(1100)])
    with short.open("rb") as stream:
        assert [len(chunk) for _, chunk in entries.chunks(stream, "auto", by_id=False)] == [500, 500, 100]
    long = [problem(n, note="x" * (entries.CHUNK_BYTES // 2)) for n in range(5)]
    with write(tmp_path / "long.jsonl", long).open("rb") as stream:
        assert max(len(chunk) for _, chunk in entries.chunks(stream, "auto", by_id=False)) <= 3


def test_progress_is_told_in_lines_and_ends_at_the_total(project, tmp_path):
    told: list[tuple[int, int, str]] = []
    rows: list[Row | bytes] = [*(problem(n) for n in range(600)), b"x", solution(1)]
    read_rows(project, tmp_path, rows, beat=lambda *beat: told.append(beat))
    done = [each[0] for each in told]
    assert done == sorted(done) and {each[1] for each in told} == {602}
    assert told[-1][:2] == (602, 602)


def test_an_import_that_broke_off_is_taken_up_by_running_it_again(project, tmp_path):
    rows = [problem(n) for n in range(1200)] + [solution(n) for n in range(1200)]

    def overtaken(done: int, total: int, message: str) -> None:
        if done > 1500:
            raise Superseded

    with pytest.raises(Superseded):
        read_rows(project, tmp_path, rows, beat=overtaken)
    assert 0 < counts(project)["solutions"] < 1200
    read_rows(project, tmp_path, rows)
    assert counts(project) == made(problems=1200, solutions=1200)


@pytest.mark.django_db(transaction=True)
def test_imports_of_one_file_at_once_create_everything_once(tmp_path):
    project = factories.ProjectFactory()
    rows = [row for n in range(700) for row in (problem(n), solution(n), solution(n, 1))]
    file = write(tmp_path / "rows.jsonl", rows)
    reports = []

    def work() -> None:
        try:
            reports.extend(read(Project.objects.get(pk=project.pk), file))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 4
    assert counts(project) == made(problems=700, solutions=1400)
    assert sum(report.created["problems"] for report in reports) == 700
    assert sum(report.created["solutions"] for report in reports) == 1400
    assert sum(report.skipped for report in reports) == 3 * 2100


# By way of a job


@pytest.fixture
def upload(tmp_path: Path) -> Iterator[str]:
    content = write(tmp_path / "pears.jsonl", [problem(), solution(), b"x"]).read_bytes()
    stored = default_storage.save("pears.jsonl", ContentFile(content))
    yield stored
    default_storage.delete(stored)


def silent(done: int, total: int, message: str) -> None:
    """Nobody watches."""


def forgotten(**result: Any) -> None:
    """Nobody goes on from it."""


def alone(job: Job) -> dict[str, Any]:
    aside = importing.Aside(job=job.pk, attempt=1, so_far={})
    return {"so_far": {}, "aside": aside, "beat": silent, "keep": forgotten}


def test_an_upload_is_imported_by_a_job(project, olga, upload):
    job = importing.start(project=project, stored=upload, filename="pears.jsonl", split="gate", by=olga)
    assert (job.kind, job.state, job.created_by) == (Job.Kind.IMPORT, Job.State.QUEUED, olga)
    result = importing.run(project=project, **job.params, **alone(job))
    assert result["created"] == made(problems=1, solutions=1)
    assert result["rejections"] == [{"line": 3, "reason": "The line is not valid JSON: Expecting value at column 1."}]
    assert the_problem(project).split == "gate"
    acts = Event.objects.order_by("pk").values_list("verb", "subject", "actor")
    assert list(acts) == [("import", "pears.jsonl", olga.pk), ("imported", "pears.jsonl", None)]


def test_a_file_may_have_a_long_name(project, upload):
    job = importing.start(project=project, stored=upload, filename="p" * 200)
    assert importing.run(project=project, **job.params, **alone(job))["created"]["problems"] == 1


def test_a_job_run_again_creates_nothing(project, upload):
    job = importing.start(project=project, stored=upload, filename="pears.jsonl")
    importing.run(project=project, **job.params, **alone(job))
    again = importing.run(project=project, **job.params, **alone(job))
    assert (again["created"], again["skipped"]) == (made(), 2)


@pytest.fixture
def long_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Read in chunks of two lines: bad ones among them, a problem twice, a solution ahead of its problem."""
    monkeypatch.setattr("labelhub.services.data.importing.entries.CHUNK_LINES", 2)
    rows: list[Row | bytes] = [solution(2), problem(1), problem(2), b"x", problem(1), b"", problem(3), problem(4)]
    content = write(tmp_path / "long.jsonl", [*rows, b"y", solution(1)]).read_bytes()
    stored = default_storage.save("long.jsonl", ContentFile(content))
    yield stored
    default_storage.delete(stored)


def attempt(job: Job, *, dies_after: int) -> None:
    """One attempt at the import, by the task's own steps; it dies when so many chunks are in."""
    left = dies_after

    def beat(done: int, total: int, message: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise OSError("The lights went out.")

    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        so_far = run.job.result
        aside = importing.Aside(job=job.pk, attempt=job.attempt, so_far=so_far)
        result = importing.run(
            project=run.job.project, **run.job.params, so_far=so_far, aside=aside, beat=beat, keep=run.keep
        )
        with run.finishing(**result):
            aside.publish()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies_after", range(1, 7))
def test_an_import_that_was_broken_off_tells_of_its_file_as_a_whole(project, long_upload, dies_after):
    job = importing.start(project=project, stored=long_upload, filename="long.jsonl")
    with pytest.raises(OSError):
        attempt(job, dies_after=dies_after)
    partly = import_job.tell(Job.objects.get(pk=job.pk))
    assert partly.lines == sum(getattr(partly, each) for each in ("created_lines", "merged", "skipped", "rejected")) > 0
    attempt(jobs.retry(job=job), dies_after=0)
    whole = import_job.tell(Job.objects.get(pk=job.pk))
    assert whole.created == made(problems=4, solutions=2)
    assert [getattr(whole, each) for each in ("lines", "created_lines", "merged")] == [9, 6, 0]
    assert (whole.skipped, [each.line for each in whole.rejections], whole.more) == (1, [4, 9], 0)
    aside = Job.objects.get(pk=job.pk).result["aside"]
    assert [row["text"] for row in importing.rejected.fetch(job=job.pk, aside=aside)] == ["x", "y"]
    assert counts(project) == made(problems=4, solutions=2)
    assert "reading" not in Job.objects.get(pk=job.pk).result


@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_was_overtaken_writes_nothing_more(project, long_upload):
    job = importing.start(project=project, stored=long_upload, filename="long.jsonl")

    def overtaken(done: int, total: int, message: str) -> None:
        Job.objects.filter(pk=job.pk).update(attempt=2)

    with pytest.raises(Superseded), jobs.running(job_id=job.pk, attempt=1) as run:
        importing.run(project=project, **job.params, **alone(job) | {"beat": overtaken, "keep": run.keep})
    assert counts(project) == made(problems=1)


def test_an_upload_that_is_gone_is_told_so(project, upload):
    job = importing.start(project=project, stored=upload, filename="pears.jsonl")
    importing.discard(stored=upload)
    importing.discard(stored=upload)
    with pytest.raises(Absent, match="is gone; import the file again"):
        importing.run(project=project, **job.params, **alone(job))


@pytest.mark.parametrize(
    ("options", "field"), [({"format": "csv"}, "format"), ({"split": "dev"}, "split"), ({"stored": "gone"}, "file")]
)
def test_a_job_that_could_not_run_is_not_made(project, upload, options, field):
    with pytest.raises(Invalid) as refusal:
        importing.start(**{"project": project, "stored": upload, "filename": "a.jsonl"} | options)
    assert list(refusal.value.fields) == [field]
    assert not Job.objects.exists()


# Real files

REAL_SETS = {
    "gsm8k_example_solutions": (1319, 5276),
    "bon32_gsm8k": (90, 2880),
    "processbench_gsm8k": (375, 400),
    "processbench_math": (955, 1000),
    "prm800k_decoded": (141, 830),
    "qwen_rm_maj8": (100, 800),
    "bigbench_mistake_multistep_arithmetic": (300, 300),
    "bigbench_mistake_tracking_shuffled_objects": (300, 300),
}


WITH_LABELS = [name for name in REAL_SETS if name.startswith(("processbench", "prm800k", "bigbench"))]


def real(shared_data: Path, name: str) -> list[Path]:
    return [shared_data / f"{name}.solutions.jsonl", shared_data / f"{name}.problems.jsonl"]


@pytest.mark.parametrize("name", REAL_SETS)
def test_each_real_set_comes_in_whole_and_once(project, shared_data, name):
    problems, solutions = REAL_SETS[name]
    found, _ = read(project, *real(shared_data, name))
    labels = {"labels": solutions} if name in WITH_LABELS else {}
    assert (found.created, found.skipped, found.rejected) == ({"solutions": solutions} | labels, 0, 0)
    assert ProblemKey.objects.count() == problems
    before = counts(project)
    again = read(project, *real(shared_data, name))
    assert [report.created for report in again] == [{}, {}]
    assert sum(report.skipped for report in again) == problems + solutions
    assert all(sum(told(report).values()) == report.lines for report in again)
    assert counts(project) == before


@pytest.mark.parametrize("gate_first", [True, False])
def test_overlapping_real_sets_share_their_problems_and_what_is_held_out_stays_so(project, shared_data, gate_first):
    held_out = (real(shared_data, "bon32_gsm8k"), "gate")
    training = (real(shared_data, "processbench_gsm8k"), "train")
    for files, split in (held_out, training) if gate_first else (training, held_out):
        read(project, *files, split=split)
    assert counts(project) == made(problems=90 + 375 - 37, solutions=2880 + 400, labels=400)
    assert Problem.objects.filter(split="gate").count() == 90
    shared = Problem.objects.filter(keys__key__startswith="bon32").filter(keys__key__startswith="processbench")
    assert set(shared.values_list("split", flat=True)) == {"gate"} and shared.count() == 37


def test_postgresql_plans_by_what_has_just_come_in(project: Project):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no such counts")
    factories.SolutionFactory.create_batch(3, problem__project=project)
    importing.refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'labelhub_solution'")
        assert cursor.fetchone() == (3,)
