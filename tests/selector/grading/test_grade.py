import multiprocessing
import os
import resource
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from selector.__main__ import main
from selector.grading.grade import Grader, GraderUnavailable
from selector.types import Grade
from tests.selector.grading.hostile_answers import FAMILIES, hostile_answers
from tests.selector.shared_data import golden_rows, shared_rows

HANGS = "10^{10^{10^{10}}} + x"


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


@pytest.fixture(scope="module")
def hasty() -> Iterator[Grader]:
    """One that does not wait long for what never comes."""
    with Grader(time_limit=1) as grader:
        yield grader


def child_of(grader: Grader) -> int:
    assert grader._child is not None
    return grader._child.pid


def test_the_table_of_graded_answers_holds(grader: Grader) -> None:
    """Some 1,000 rows of our own: what is right, what only looks right, and what nobody can tell; `why` says which."""
    table = golden_rows("graded_answers.jsonl")
    graded = [row | {"verdict": grader.grade(row["model_answer"], row["ground_truth"])} for row in table]
    assert [row for row, wanted in zip(graded, table, strict=True) if row != wanted] == []
    assert Counter(row["verdict"] for row in table) >= Counter(right=540, wrong=370, unknown=110)


def test_the_table_asks_each_pair_once() -> None:
    table = golden_rows("graded_answers.jsonl")
    assert (
        len({(row["model_answer"], row["ground_truth"]) for row in table})
        == len({row["id"] for row in table})
        == len(table)
    )


def test_verdicts_agree_with_real_graded_pairs(grader: Grader) -> None:
    """All but two, whose expected verdict is wrong itself, and where there is nothing sure to say.

    qwen_rm_maj8:00010 (index 10) holds the same number with and without LaTeX's thousands separator, and
    abel_gsm8k:00130 (index 130) the number with a full stop behind it: both are right, and expected false.
    qwen_rm_maj8:00066 has a truth with a damaged half of the day, and five answers are empty: unknown.
    """
    pairs = shared_rows("grading_pairs.jsonl")
    verdicts = grader.grade_pairs((pair["model_answer"], pair["ground_truth"]) for pair in pairs)
    differ = {
        pair["pair_id"]: verdict
        for pair, verdict in zip(pairs, verdicts, strict=True)
        if verdict != (Grade.RIGHT if pair["expected"] else Grade.WRONG)
    }
    empty = {pair["pair_id"]: Grade.UNKNOWN for pair in pairs if not pair["model_answer"]}
    in_doubt = {"qwen_rm_maj8:00066": Grade.UNKNOWN}
    mistaken = dict.fromkeys(("qwen_rm_maj8:00010", "abel_gsm8k:00130"), Grade.RIGHT)
    assert differ == empty | in_doubt | mistaken


def test_no_hostile_answer_is_right_or_outlives_its_limit_or_ends_the_child() -> None:
    with Grader(time_limit=0.2) as grader:
        assert grader.grade("x+1", "1+x") is Grade.RIGHT
        child = child_of(grader)
        for place, answer in enumerate(hostile_answers(5 * len(FAMILIES))):
            pair = (answer, "5") if place // len(FAMILIES) % 2 else ("5", answer)
            assert grader.grade(*pair) in (Grade.UNKNOWN, Grade.WRONG), answer[:200]
        assert child_of(grader) == child
        assert grader.grade("x+2", "2+x") is Grade.RIGHT


@pytest.mark.parametrize(
    "answer",
    [
        *("10^10^10^10", HANGS, "9**9**9**9", "100000000!", "\\frac{1}{", "{" * 9_000, "\\sqrt{" * 1_000),
        *("\\", "\x00", "\ud800", "a\nb\n", '["quoted"]', "%", "\\int", "\\begin{pmatrix}"),
        "__import__('os').system('touch hostile')",
        "\\input{/etc/passwd}",
    ],
)
def test_a_hostile_answer_costs_one_verdict_and_is_never_right(hasty: Grader, answer: str) -> None:
    assert hasty.grade(answer, "5") in (Grade.UNKNOWN, Grade.WRONG)
    assert hasty.grade("10/2", "5") is Grade.RIGHT


def test_an_answer_is_read_and_never_run(hasty: Grader, tmp_path: Path) -> None:
    target = tmp_path / "hostile"
    for answer in (f"__import__('pathlib').Path('{target}').touch()", f"\\text{{__import__('os').mkdir('{target}')}}"):
        hasty.grade(answer, "5")
        hasty.grade("5", answer)
    assert not target.exists()


def test_a_timeout_is_unknown_and_not_wrong(hasty: Grader) -> None:
    assert hasty.grade(HANGS, "5") is Grade.UNKNOWN
    assert hasty.grade("5", HANGS) is Grade.UNKNOWN


def test_a_crash_is_unknown_and_the_next_verdict_comes_from_a_new_child(hasty: Grader) -> None:
    assert hasty.grade("x+x", "2x") is Grade.RIGHT
    first = child_of(hasty)
    os.kill(first, signal.SIGSTOP)
    assert hasty.grade("3x-x", "2x") is Grade.UNKNOWN
    assert hasty.grade("3x-x", "2x") is Grade.RIGHT
    assert child_of(hasty) != first


def test_a_timeout_costs_a_fork_and_not_the_child(hasty: Grader) -> None:
    assert hasty.grade("x+x", "2x") is Grade.RIGHT
    first = child_of(hasty)
    assert hasty.grade(HANGS, "2x") is Grade.UNKNOWN
    assert hasty.grade("x+x", "2x") is Grade.RIGHT
    assert child_of(hasty) == first


def test_a_child_that_died_in_between_costs_no_verdict(hasty: Grader) -> None:
    hasty.grade("x+x", "2x")
    os.kill(child_of(hasty), signal.SIGKILL)
    os.waitid(os.P_PID, child_of(hasty), os.WEXITED | os.WNOWAIT)
    assert hasty.grade("3x-x", "2x") is Grade.RIGHT


@pytest.mark.parametrize("long", ["1" * 1_000_000, "1" * 10_001])
def test_an_overlong_answer_is_unknown_without_a_child(monkeypatch: pytest.MonkeyPatch, long: str) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Grader() as grader:
        assert grader.grade(long, "5") is Grade.UNKNOWN
        assert grader.grade("5", long) is Grade.UNKNOWN


def test_equal_text_is_right_without_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Grader() as grader:
        assert grader.grade(" $\\left(0, 1\\right)$ ", "(0,  1)") is Grade.RIGHT
        assert grader.grade(None, "5") is grader.grade("5", None) is grader.grade(" ", "5") is Grade.UNKNOWN


def test_plain_numbers_are_judged_without_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Grader() as grader:
        for right in ("\\$1,000", "1000.0", "2000/2", "1e3", "1000 dollars", "\\boxed{1000}", "x = 1000"):
            assert grader.grade(right, "1000") is Grade.RIGHT
        for wrong in ("100", "-1000", "1000.5", "\\frac{1}{1000}", "999 \\text{ m}", "Tuesday"):
            assert grader.grade(wrong, "1000") is Grade.WRONG


def test_a_stream_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selector.grading.grade.MAX_KNOWN", 2)
    with Counting() as grader:
        pairs = [(str(each), "5") for each in (1, 2, 1, 3, 1)]
        assert list(grader.grade_pairs(pairs)) == [Grade.WRONG] * 5
        assert [answer for answer, _ in grader.asked] == ["1", "2", "3", "1"]


def test_a_grader_that_cannot_start_says_so_instead_of_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Grader() as grader, pytest.raises(GraderUnavailable, match="did not start"):
        grader.grade("x+x", "2x")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Grader() as grader, pytest.raises(GraderUnavailable, match="did not start"):
        grader.grade("x+x", "2x")


def test_no_child_outlives_its_grader() -> None:
    with Grader() as grader:
        grader.grade("x+x", "2x")
        child = child_of(grader)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


ABANDONED = f"""
from selector.grading.grade import Grader
grader = Grader(time_limit=1)
grader.grade("x+x", "2x")
print(grader._child.pid, flush=True)
grader.grade("{HANGS}", "2")
"""


def test_a_child_in_the_middle_of_a_hang_does_not_outlive_a_parent_that_was_killed() -> None:
    command = [sys.executable, "-c", ABANDONED]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    assert select.select([child], [], [], 60)[0], "the child is still there a minute later"
    os.close(child)


def test_the_child_may_not_fill_the_memory(grader: Grader) -> None:
    grader.grade("x+x", "2x")
    limit, _ = resource.prlimit(child_of(grader), resource.RLIMIT_AS)
    assert 0 < limit <= 4 * 2**30


class Counting(Grader):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str | None, str | None]] = []

    def grade(self, answer: str | None, ground_truth: str | None) -> Grade:
        self.asked.append((answer, ground_truth))
        return super().grade(answer, ground_truth)


def test_a_pair_that_comes_again_is_not_asked_again() -> None:
    with Counting() as grader:
        pairs = [("4/2", "2"), ("4/2", "3"), ("4/2", "2"), (None, "2"), ("4/2", "2"), (None, "2")]
        right, wrong, unknown = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN
        assert list(grader.grade_pairs(pairs)) == [right, wrong, right, unknown, right, unknown]
        assert grader.asked == [("4/2", "2"), ("4/2", "3"), (None, "2")]


@pytest.fixture
def file_of_pairs(tmp_path: Path) -> str:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"model_answer": "1/2", "ground_truth": "0.5"}\n{"model_answer": "1", "ground_truth": "2"}\n')
    return str(path)


def test_the_command_tells_how_far_it_is_where_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file_of_pairs: str
) -> None:
    assert main(["grade", file_of_pairs]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("selector.commands.grade._SILENCE", 0)
    assert main(["grade", file_of_pairs]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Graded: 1, 1 right, 0 wrong, 0 unknown so far.",
        "Graded: 2, 1 right, 1 wrong, 0 unknown so far.",
        "Graded: 2, 1 right, 1 wrong, 0 unknown.",
    ]


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_limit_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], file_of_pairs: str, limit: str
) -> None:
    with pytest.raises(SystemExit):
        main(["grade", file_of_pairs, f"--time-limit={limit}"])
    assert "a number of seconds above 0 is needed" in capsys.readouterr().err


def _grade_in_daemon(answers: Connection) -> None:
    with Grader() as grader:
        answers.send(grader.grade("x+x", "2x"))


def test_grading_works_inside_a_daemonic_process_such_as_a_celery_child() -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_grade_in_daemon, args=(there,), daemon=True)
    process.start()
    assert here.poll(60)
    assert here.recv() is Grade.RIGHT
    process.join()
