"""The study of stability: what its arms learn from, what a collapse is, and that it goes on where it was killed."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from selector.__main__ import main
from selector.prm import reward_model
from studies.rounds import report, runs, world
from studies.tables import NOTHING

TINY = {"rounds": 3, "problems": 10, "samples": 8, "test-problems": 12, "test-samples": 4, "k": 6}
TINY |= {"updates": 2, "seeds": 1, "first-seed": 0}


def study(out: Path, **sizes: int) -> int:
    options = [word for name, value in (TINY | sizes).items() for word in (f"--{name}", str(value))]
    return main(["rounds", "--out", str(out), "--report", str(out), *options])


def rows_of(out: Path) -> dict[str, list[dict[str, Any]]]:
    by_arm = defaultdict(list)
    for line in (out / "rounds.jsonl").read_text().splitlines():
        row = json.loads(line)
        by_arm[row["arm"]].append({name: value for name, value in row.items() if name != "cpu_seconds"})
    return by_arm


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rounds")
    assert study(out) == 0
    return out


def card(out: Path, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "seed-0" / name / "checkpoint.json").read_text())
    return told


def test_the_products_arm_learns_from_all_labels_and_the_others_from_the_newest_batch(out):
    rows = rows_of(out)
    newest = len(rows["from_base"][2]["picks"])
    assert card(out, "from_base-2")["counts"]["examples"] == rows["from_base"][2]["labels"] > newest
    for arm in ("continued", "fresh"):
        assert card(out, f"{arm}-2")["counts"]["examples"] == len(rows[arm][2]["picks"])


def test_one_arm_goes_on_from_its_last_checkpoint_and_the_others_from_the_base(out):
    bases = {arm: Path(card(out, f"{arm}-2")["config"]["base"]).name for arm in ("from_base", "continued", "fresh")}
    assert bases == {"from_base": "base", "continued": "continued-1", "fresh": "base"}


def test_all_arms_share_the_first_round_and_no_solution_is_labelled_twice(out):
    rows = rows_of(out)
    assert len({json.dumps(rows[arm][0]["picks"]) for arm in rows}) == 1
    for mine in rows.values():
        picks = [name for row in mine for name in row["picks"]]
        assert len(picks) == len(set(picks)) == mine[-1]["labels"]


def test_after_the_first_round_most_picks_are_wrong_answers(out):
    right = {solution.solution_id: solution.right for solution in world.made(0, 10, 8, 1, 1).pool}
    for row in rows_of(out)["from_base"][1:]:
        assert sum(not right[name] for name in row["picks"]) >= 5


def test_picks_follow_the_newest_challenger_and_not_an_older_one(tmp_path):
    pool = world.made(0, 10, 8, 1, 1)
    wrong = [solution.solution_id for solution in pool.pool if not solution.right]
    run = runs.Run(0, "from_base", runs.Settings(k=4, wrong_share="1"), pool, tmp_path)
    for number, liked in ((0, wrong[:4]), (1, wrong[-4:])):
        scores = {one.solution_id: -0.1 if one.solution_id in liked else -9.0 for one in pool.pool}
        run.checkpoint(number).mkdir()
        (run.checkpoint(number) / runs.SCORES).write_text(json.dumps(scores))
    picks = runs.select(run, 2, [{"picks": []}, {"picks": []}])
    assert set(wrong[-4:]) <= set(picks) and len(set(wrong[:4]) & set(picks)) <= 2  # control and audit are by lot


def test_a_study_that_was_killed_goes_on_and_comes_to_the_same(out, tmp_path):
    assert study(tmp_path, rounds=2) == 0
    (tmp_path / "settings.json").write_text((out / "settings.json").read_text())
    kept = (tmp_path / "rounds.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "rounds.jsonl").write_text("".join(kept[:3]) + kept[3][:40])  # killed while it wrote
    assert study(tmp_path) == 0
    for arm, rows in rows_of(out).items():
        mine = rows_of(tmp_path)[arm]
        assert [row["picks"] for row in mine] == [row["picks"] for row in rows]
        assert mine == rows


def test_its_last_line_is_json_and_the_plot_and_the_table_are_written(out, capsys):
    assert study(out) == 0  # nothing is left to do
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(told["arms"]) == {"from_base", "continued", "fresh"}
    assert isinstance(told["criterion"]["stable"], bool)
    assert (out / "stability.svg").read_text().startswith("<svg")
    assert (out / "stability.md").read_text().count("\n| ") == 2 * (2 + 3) + 2 + TINY["rounds"]


def test_words_of_ones_own_above_the_mark_are_kept(out):
    page = out / "stability.md"
    page.write_text(f"# Mine\n\nMy words.\n\n{report.MARK}\n\nold")
    assert study(out) == 0
    assert page.read_text().startswith(f"# Mine\n\nMy words.\n\n{report.MARK}")
    assert "old" not in page.read_text().splitlines()


def test_another_study_is_not_mixed_into_it(out, capsys):
    assert study(out, k=7) == 1
    assert "other settings" in capsys.readouterr().err


def test_reading_each_step_once_says_what_reading_whole_solutions_says(out):
    solutions = world.made(0, 10, 8, 12, 4).test
    model = reward_model.load(out / "seed-0" / "from_base-2")
    whole = model.score([(solution.problem, solution.steps) for solution in solutions])
    for one, other in zip(runs.judge_steps(model, [each.steps for each in solutions]), whole, strict=True):
        assert one.log_score == pytest.approx(other.log_score, abs=1e-4)
        assert one.step_probs == pytest.approx(other.step_probs, abs=1e-4)


def test_letters_keep_apart_what_is_right_and_what_is_wrong():
    rated = defaultdict(set)
    for solution in world.made(5, 60, 8, 1, 1).pool:
        for step, rating in zip(solution.steps, solution.ratings, strict=False):
            rated[step].add(rating)
    assert len(rated) > 200
    assert all(len(ratings) == 1 for ratings in rated.values())


def test_equal_numbers_share_a_letter_and_names_are_all_one():
    assert world.lettered("Mia adds 24 to 7, so 7 + 24 = 31.") == "N adds A to B, so B + A = C."


def test_pool_and_test_share_no_problem():
    made = world.made(3, 8, 2, 8, 2)
    assert not {one.problem for one in made.pool} & {one.problem for one in made.test}


def run_of(seed: int, *accuracies: float, arm: str = "from_base", problems: int = 400) -> list[dict[str, Any]]:
    return [
        {
            "seed": seed,
            "arm": arm,
            "round": at,
            "labels": 10 * (at + 1),
            "best_of_n": accuracy,
            "first_error": {"f1": accuracy, "correct": 1 - accuracy},
            "chances": [float(place < round(accuracy * problems)) for place in range(problems)],
        }
        for at, accuracy in enumerate(accuracies)
    ]


def summed(*runs: list[dict[str, Any]]) -> dict[str, Any]:
    return report.summary([row for run in runs for row in run])


def test_a_fall_in_every_seed_is_a_collapse():
    found = summed(*(run_of(seed, 0.5, 0.8 + seed / 100, 0.6) for seed in range(5)))
    assert found["criterion"]["stable"] is False
    assert found["arms"]["from_base"]["collapsed_rounds"] == [2]
    assert found["arms"]["from_base"]["largest_fall"]["fall"] == pytest.approx(0.22)
    assert found["arms"]["from_base"]["single_runs"] == {
        "rounds": 10,
        "collapsed": 5,
        "largest_fall": pytest.approx(0.24),
    }


def test_a_loop_that_rises_or_hardly_falls_is_stable():
    found = summed(*(run_of(seed, 0.5, 0.8 + seed / 100, 0.79 + seed / 100) for seed in range(5)))
    assert found["criterion"]["stable"] is True
    assert found["arms"]["from_base"]["single_runs"]["collapsed"] == 0


def test_a_collapse_that_recovers_is_still_one():
    assert summed(*(run_of(seed, 0.8, 0.5, 0.9) for seed in range(3)))["criterion"]["stable"] is False


def test_one_seed_alone_proves_no_collapse_in_the_mean():
    found = summed(run_of(0, 0.8, 0.5))
    assert found["arms"]["from_base"]["collapsed_rounds"] == []
    assert found["arms"]["from_base"]["single_runs"]["collapsed"] == 1


def test_gains_and_what_an_arm_is_behind_are_paired_by_seed():
    """Seeds far apart from each other, of which every one gains and loses as much."""
    levels = (0.1, 0.4, 0.7)
    found = summed(
        *(run_of(seed, level, level + 0.2) for seed, level in enumerate(levels)),
        *(run_of(seed, level, level + 0.05, arm="continued") for seed, level in enumerate(levels)),
    )["arms"]
    assert found["from_base"]["gain"]["f1"] == pytest.approx({"mean": 0.2, "low": 0.2, "high": 0.2})
    assert found["continued"]["behind"] == pytest.approx({"mean": 0.15, "low": 0.15, "high": 0.15})
    assert found["continued"]["passed"] == pytest.approx([0.6, 0.55])


def test_an_arm_that_lacks_a_seed_is_not_compared():
    found = summed(run_of(0, 0.5, 0.6), run_of(1, 0.5, 0.6), run_of(0, 0.5, 0.6, arm="fresh"))
    assert found["arms"]["fresh"]["behind"] is None


def test_a_single_round_has_no_fall_and_is_told():
    page = report.falls(summed(run_of(0, 0.5)))
    assert f"| base, all labels | 1 | {NOTHING} | 0 of 0 |" in page


def test_a_seed_that_is_not_done_is_left_out():
    found = summed(run_of(0, 0.5, 0.6, 0.7), run_of(1, 0.5))
    assert found["arms"]["from_base"]["seeds"] == [0]


def test_the_mean_comes_with_students_interval():
    found = report.spread([0.5, 0.6, 0.7, 0.8, 0.9])
    assert found["mean"] == pytest.approx(0.7)
    assert found["high"] - found["mean"] == pytest.approx(2.776 * 0.15811 / 5**0.5, abs=1e-4)
