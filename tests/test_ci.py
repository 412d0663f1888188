"""What contributors are told: the checks with their time budgets, and where things are."""

import re
import subprocess
from pathlib import Path

import yaml

from tests.present import present

ROOT = Path(__file__).parents[1]
SCRIPT = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_stages_budgets_add_up_to_that_of_the_whole_run():
    budgets = [int(seconds) for seconds in re.findall(r'^stage ".*?" (\d+) ', SCRIPT, re.MULTILINE)]
    whole = re.search(r"^readonly BUDGET=(\d+)$", SCRIPT, re.MULTILINE)
    assert len(budgets) == len(re.findall(r"^stage ", SCRIPT, re.MULTILINE))
    assert sum(budgets) == int(present(whole)[1]) == 25 * 60


def test_a_stage_over_its_budget_is_named_at_the_end_and_fails_nothing():
    head = (
        SCRIPT.partition("\nbrowser() {")[0].replace('cd "$(dirname "$0")/.."', "").replace("BUDGET=1500", "BUDGET=1")
    )
    tail = SCRIPT[SCRIPT.index('\nif [ "$SECONDS" -gt "$BUDGET" ]') :]
    script = f'{head}\nstage "quick" 5 true\nstage "slow" 1 sleep 2.1\n{tail}'
    told = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert re.search(r"^== quick: 0 s of 5$", told.stdout, re.MULTILINE)
    late = [line for line in told.stdout.splitlines() if line.startswith("!! OVER BUDGET")]
    assert [re.sub(r"\d+ s", "N s", line) for line in late] == [
        "!! OVER BUDGET: slow took N s, and its budget is 1",
        "!! OVER BUDGET: the whole took N s, and its budget is 1",
    ]


def test_a_stage_that_fails_ends_the_run_and_is_named():
    head = SCRIPT.partition("\nbrowser() {")[0].replace('cd "$(dirname "$0")/.."', "")
    told = subprocess.run(
        ["bash", "-c", f'{head}\nstage "broken" 5 false\nstage "after" 5 true'], capture_output=True, text=True
    )
    assert told.returncode == 1
    assert "failed in: broken" in told.stderr
    assert "after" not in told.stdout


def test_the_workflow_runs_the_script_and_nothing_beside_it():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert steps == [".ci/run"]


def test_what_contributors_are_pointed_to_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b((?:tests|selector|labelhub|frontend|docs|scripts)/[\w./-]+)", text))
    assert {"tests/services/labeling", "selector/selection/rules.py"} <= named
    built = {"frontend/dist", "frontend/node_modules"}
    assert not [path for path in sorted(named - built) if not (ROOT / path.rstrip(".")).exists()]
