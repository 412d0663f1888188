"""`python -m selector`, as a shell calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from selector.__main__ import COMMANDS
from tests.selector.shared_data import shared_rows

ROOT = Path(__file__).parents[3]
PAIRS: list[dict[str, Any]] = [
    {"model_answer": "4/2", "ground_truth": "2", "note": "été"},
    {"model_answer": "3", "ground_truth": "2"},
    {"model_answer": None, "ground_truth": "2"},
    {"model_answer": "1" * 1_000_000, "ground_truth": "2"},
    {"model_answer": "10^{10^{10^{10}}}", "ground_truth": "2"},
    {"model_answer": "4/2", "ground_truth": "2"},
]
POOL = [
    {"problem_id": "a", "solution_id": 1, "score": -0.5, "is_correct": False, "generator": "m"},
    {"problem_id": "a", "solution_id": 2, "score": -0.1, "is_correct": True},
    {"problem_id": "a", "solution_id": 3, "score": -0.2, "is_correct": None},
    {"problem_id": "a", "solution_id": 4, "score": -0.7, "is_correct": False},
    {"problem_id": "b", "solution_id": 5, "score": "-inf", "is_correct": False},
    {"problem_id": "b", "solution_id": 6, "score": 0.9, "log_score": -0.105, "is_correct": True},
]


Finished = subprocess.CompletedProcess[bytes]


def call(*words: str, rows: Any = None, given: bytes | None = None, **changed: str) -> Finished:
    """Run a command on `rows` (or the bytes given) as its standard input."""
    if rows is not None:
        given = "".join(json.dumps(row) + "\n" for row in rows).encode()
    command = [sys.executable, "-m", "selector", *words]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, env=os.environ | changed, check=False)


def out(finished: Finished) -> list[dict[str, Any]]:
    assert finished.returncode == 0, finished.stderr.decode()
    return [json.loads(line) for line in finished.stdout.decode("utf-8").splitlines()]


def sentence(finished: Finished) -> str:
    """What a failing command says: one line, and no traceback."""
    assert finished.returncode not in (0, -9)
    (line,) = finished.stderr.decode().splitlines()
    return line


def test_grade_adds_a_verdict_and_keeps_the_rest() -> None:
    graded = out(call("grade", "-", "--time-limit", "2", rows=PAIRS))
    verdicts = ["right", "wrong", "unknown", "unknown", "unknown", "right"]
    assert graded == [row | {"verdict": verdict} for row, verdict in zip(PAIRS, verdicts, strict=True)]


def test_a_bad_line_is_told_by_its_number_and_the_others_are_graded() -> None:
    lines = [b'{"model_answer": 2.0, "ground_truth": "2"}', b"not json", b'{"model_answer": [2], "ground_truth": "2"}']
    lines += [b'{"ground_truth": "2"}', b'{"model_answer": "\\u0000", "ground_truth": "2"}', b"\xff", lines[0]]
    finished = call("grade", "-", given=b"\n".join(lines))
    assert [row["verdict"] for row in out(finished)] == ["right", "right"]
    assert finished.stderr.decode().splitlines() == [
        "-, line 2 skipped: The line is not valid JSON: Expecting value at column 1.",
        "-, line 3 skipped: model_answer is a list, not a string.",
        "-, line 4 skipped: model_answer is missing.",
        "-, line 5 skipped: model_answer contains a NUL character.",
        "-, line 6 skipped: The line is not valid UTF-8 (byte 1).",
        "Lines skipped: 5.",
    ]


@pytest.mark.parametrize("command", ["grade", "select"])
def test_a_file_of_which_every_line_was_skipped_is_a_failure(command: str) -> None:
    finished = call(command, "-", given=b"not json\n[1]\n")
    assert (finished.returncode, finished.stdout) == (1, b"")
    assert finished.stderr.decode().splitlines()[-1].endswith("Not a single line of - could be used.")


def test_strict_refuses_at_the_first_bad_line() -> None:
    finished = call("select", "-", "--strict", rows=[POOL[0], {"problem_id": "a"}, POOL[1]])
    assert sentence(finished) == "python -m selector select: -, line 2: solution_id is missing."
    assert finished.stdout == b""


def test_a_file_is_read_as_standard_input_is(tmp_path: Path) -> None:
    pool = tmp_path / "pool.jsonl"
    pool.write_text("".join(json.dumps(row) + "\n" for row in POOL))
    assert out(call("select", str(pool))) == out(call("select", "-", rows=POOL))


def test_select_gives_the_picked_rows_with_their_place() -> None:
    picked = out(call("select", "-", "--k", "2", "--wrong-share", "0.5", rows=POOL))
    assert picked == [
        POOL[0] | {"rank": 1, "stratum": "wrong"},
        POOL[1] | {"rank": 2, "stratum": "remainder"},
        POOL[4] | {"rank": 1, "stratum": "wrong"},
        POOL[5] | {"rank": 2, "stratum": "remainder"},
    ]


def test_picked_rows_come_back_whole_wherever_they_stood() -> None:
    """Rows of unlike length, more than memory keeps the places of."""
    rows = [POOL[0] | {"problem_id": n, "solution_id": n, "note": "x" * (n % 7)} for n in range(50)]
    picked = out(call("select", "-", "--k", "1", "--wrong-share", "1", rows=rows))
    assert [{name: row[name] for name in rows[0]} for row in picked] == rows


def test_select_over_all_problems_tells_what_was_short() -> None:
    finished = call("select", "-", "--scope", "global", "--k", "10", "--wrong-share", "0.4", rows=POOL)
    assert [row["solution_id"] for row in out(finished)] == [1, 4, 5, 2, 6]
    assert finished.stderr.decode() == "The pool was short of what was asked: 1 wrong, 5 remainder.\n"


def test_rows_with_the_same_steps_are_picked_once() -> None:
    twice = [row | {"steps": ["Add 1.", "So 2."]} for row in POOL[:2]]
    assert [row["solution_id"] for row in out(call("select", "-", "--k", "2", rows=twice))] == [2]


def test_near_duplicates_are_picked_once_where_that_is_asked_for() -> None:
    texts = ["Add 1 to 4, which makes 5.", "Add 1 to 4, which makes 6."]
    rows = [row | {"steps": [text]} for row, text in zip(POOL[:2], texts, strict=True)]
    assert len(out(call("select", "-", rows=rows))) == 2
    assert [row["solution_id"] for row in out(call("select", "-", "--near-duplicates", "0.9", rows=rows))] == [2]
    refused = call("select", "-", "--near-duplicates", "0.9", rows=POOL[:1])
    assert sentence(refused).endswith("Near-duplicates are looked for in steps, and solution 1 has none.")


def test_the_uncertain_rule_follows_the_heads_or_the_one_model_there_is() -> None:
    rows = [
        POOL[0] | {"head_step_probs": [[0.99, 0.9], [0.99, 0.9]]},
        POOL[1] | {"head_step_probs": [[0.99, 0.8], [0.99, 0.99]]},
        POOL[3] | {"step_probs": [0.99, 0.5]},
        POOL[4] | {"step_probs": None},
    ]
    picked = out(call("select", "-", "--rule", "uncertain", "--scope", "global", "--k", "3", rows=rows))
    assert [row["solution_id"] for row in picked] == [2, 4, 1]
    assert {row["stratum"] for row in picked} == {"uncertain"}
    refused = call("select", "-", "--rule", "uncertain", rows=POOL)
    assert sentence(refused).endswith("needs head_step_probs or step_probs, and there are none.")


@pytest.mark.parametrize(
    "probs, told",
    [
        ({"head_step_probs": [[0.9], [0.9, 0.8]]}, "The heads of an ensemble give each step of a solution a probab"),
        ({"head_step_probs": [0.9]}, "head_step_probs[0] is a number, not a list."),
        ({"step_probs": [0.9, 1.1]}, "Probabilities of steps lie between 0 and 1."),
        ({"step_probs": []}, "The heads of an ensemble"),
        ({"step_probs": ["high"]}, "step_probs[0] is a string, not a number."),
    ],
)
def test_step_probabilities_that_are_none_make_a_bad_line(probs: dict[str, Any], told: str) -> None:
    rows = [POOL[0] | probs, POOL[1] | {"step_probs": [0.5]}]
    finished = call("select", "-", "--rule", "uncertain", rows=rows)
    assert [row["solution_id"] for row in out(finished)] == [2]
    assert f"-, line 1 skipped: {told}" in finished.stderr.decode()


def test_unknown_fields_of_any_shape_pass_through() -> None:
    odd = POOL[0] | {"note": "été\n", "deep": {"a": [1, 2.5, None, True]}, "large": 10**40}
    (picked,) = out(call("select", "-", rows=[odd]))
    assert picked == odd | {"rank": 1, "stratum": "wrong"}


def test_uniform_selects_without_scores() -> None:
    unscored = [{name: row[name] for name in ("problem_id", "solution_id", "is_correct")} for row in POOL]
    picked = out(call("select", "-", "--rule", "uniform", "--k", "1", rows=unscored))
    assert [row["problem_id"] for row in picked] == ["a", "b"]
    refused = call("select", "-", "--rule", "convincing", rows=unscored)
    assert sentence(refused).endswith("needs a champion's scores, and no solution of the pool has one.")


def test_a_control_comes_with_the_chance_it_was_drawn_by() -> None:
    picked = out(call("select", "-", "--scope", "global", "--k", "2", "--control-share", "0.5", rows=POOL))
    assert [row["stratum"] for row in picked] == ["control", "wrong", "wrong"]
    assert [row.get("inclusion_probability") for row in picked] == [0.2, None, None]


def test_the_manifest_makes_the_batch_known_for_good(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    picked = out(call("select", "-", "--k", "2", "--manifest", str(path), rows=POOL))
    told = json.loads(path.read_text())
    assert [pick["solution_id"] for pick in told["picks"]] == [row["solution_id"] for row in picked]
    refused = call("select", "-", "--manifest", str(tmp_path / "no" / "manifest.json"), rows=POOL)
    assert sentence(refused).endswith("cannot be written: No such file or directory.")


@pytest.mark.parametrize(
    "words, said",
    [
        (("select", "no-such-file.jsonl"), "no-such-file.jsonl cannot be read: No such file or directory."),
        (("grade", "."), ". cannot be read: Is a directory."),
        (("select", "-", "--k", "0"), "k is at least 1 and gate_k at least 0."),
        (("select", "-", "--wrong-share", "80%"), "wrong_share is a number between 0 and 1, not '80%'."),
        (("select", "-", "--rule", "best"), "A rule is one of convincing, uniform, uncertain, not 'best'."),
    ],
)
def test_a_command_that_fails_says_why_in_one_sentence(words: tuple[str, ...], said: str) -> None:
    assert sentence(call(*words, rows=POOL)) == f"python -m selector {words[0]}: {said}"


@pytest.mark.parametrize(
    "score", ["NaN", "1e999", "-Infinity", '"x"', "true", "[]", "9" * 400, "9" * 5000], ids=lambda score: score[:9]
)
def test_a_score_that_is_no_number_is_a_bad_line_and_no_traceback(score: str) -> None:
    line = f'{{"problem_id": "a", "solution_id": 7, "score": {score}, "is_correct": false}}\n'
    finished = call("select", "-", given=line.encode() + json.dumps(POOL[0]).encode())
    assert [row["solution_id"] for row in out(finished)] == [1]
    assert "line 1 skipped" in finished.stderr.decode()


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    rows = "".join(json.dumps(POOL[0] | {"solution_id": i}) + "\n" for i in range(20_000))
    words = f"{sys.executable} -m selector select - --k 20000 | head -n 1"
    finished = subprocess.run(words, shell=True, cwd=ROOT, input=rows.encode(), capture_output=True, check=False)
    assert len(finished.stdout.splitlines()) == 1
    assert b"Traceback" not in finished.stderr and b"BrokenPipe" not in finished.stderr


def test_text_goes_out_in_utf_8_whatever_the_locale() -> None:
    graded = call("grade", "-", rows=PAIRS[:1], LC_ALL="C", PYTHONIOENCODING="ascii")
    assert out(graded)[0]["note"] == "été"


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_help_says_what_a_command_does_and_needs_with_an_example(command: str) -> None:
    shown = " ".join(call(command, "--help").stdout.decode().split())
    (told,) = [each for each in COMMANDS if each.name == command]
    assert told.does in shown and told.needs in shown
    assert f"Example: {told.example}" in shown
    assert told.example.startswith(f"python -m selector {command} ")


def test_the_light_commands_start_without_torch_and_without_a_web_framework() -> None:
    program = (
        "import sys, selector.__main__, selector.selection.select, selector.grading.grade, selector.formats\n"
        "import selector.labels.steps, selector.labels.passes, selector.quality.agreement\n"
        "import selector.commands.select, selector.commands.grade\n"
        "print([name for name in ('torch', 'transformers', 'django', 'celery', 'sympy') if name in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert finished.stdout.strip() == b"[]"


def test_a_real_pool_is_selected_from_by_the_scores_of_a_public_reward_model() -> None:
    scores = {row["solution_id"]: row["prm_step_scores"] for row in shared_rows("bon32_gsm8k.prm_scores.jsonl")}
    rows = shared_rows("bon32_gsm8k.solutions.jsonl")
    model = sorted(next(iter(scores.values())))[0]
    pool = [row | {"log_score": sum(scores[row["solution_id"]][model])} for row in rows]
    picked = out(call("select", "-", "--k", "8", "--wrong-share", "0.8", rows=pool))
    by_problem: dict[str, list[dict[str, Any]]] = {}
    for row in picked:
        by_problem.setdefault(row["problem_id"], []).append(row)
    assert len(by_problem) == 90
    for rows in by_problem.values():
        assert len(rows) <= 8
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        wrong = [row for row in rows if row["stratum"] == "wrong"]
        assert len(wrong) <= 6 and not any(row["is_correct"] for row in wrong)
