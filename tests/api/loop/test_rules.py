"""The rules on offer, and that a rule added as docs/architecture.md says is one of them without anything else."""

import pytest

from labelhub.models import BatchItem, Generation
from labelhub.services.loop import generations, selecting
from selector.selection import rules
from tests.api.conftest import refused
from tests.api.loop.test_generations import GENERATIONS, pool
from tests.present import present
from tests.test_architecture_page import RULE

__all__ = ["pool"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

LAUNCH = {"rule": "wrong_by_lot", "scope": "global", "k": 4, "control_share": 0.25, "audit_share": 0}


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, "wrong_by_lot", None)  # taken out again afterwards
    exec(RULE, dict(vars(rules)))


def test_every_rule_says_what_it_takes_what_it_needs_and_its_strata(call_as, rita, project):
    offered = {rule.pop("name"): rule for rule in call_as(rita).get("projects/apples/rules").json()}
    assert offered["convincing"] == {
        "description": "Wrong answers with the highest scores first, then the highest scores among all that remain.",
        "needs": "scores",
        "strata": ["wrong", "remainder"],
    }
    assert {name: rule["needs"] for name, rule in offered.items()} == {
        "convincing": "scores",
        "uniform": "nothing",
        "uncertain": "step_probs",
    }


def test_a_rule_that_was_added_is_offered_and_a_generation_picked_by_it(call_as, olga, pool, added):
    browser = call_as(olga)
    assert browser.get("projects/apples/rules").json()[-1] == {
        "name": "wrong_by_lot",
        "description": "Wrong answers by lot, and nothing else.",
        "needs": "nothing",
        "strata": ["wrong_lot"],
    }
    assert browser.post(f"{GENERATIONS}/preview", LAUNCH).json()["by_stratum"] == {"control": 1, "wrong_lot": 4}
    assert browser.post(GENERATIONS, LAUNCH).json()["rule"] == "wrong_by_lot"

    generation = Generation.objects.get()
    generations.selected(generation=generation, batch=selecting.pick_rest(generation=generation))
    assert browser.get(f"{GENERATIONS}/0").json()["by_stratum"] == {"control": 1, "wrong_lot": 4}
    picked = browser.get(f"{GENERATIONS}/0/items", stratum="wrong_lot").json()["results"]
    assert [item["grade"] for item in picked] == ["wrong"] * 4
    strata = [each["stratum"] for each in browser.get(f"{GENERATIONS}/0/watch").json()["composition"]]
    assert strata == ["wrong_lot", "control"]
    assert len(browser.get("projects/apples/solutions", generation=0, stratum="wrong_lot").json()["rows"]) == 4


def test_a_rule_or_a_stratum_that_nobody_added_is_refused_at_its_field(call_as, olga, generation):
    fields = refused(call_as(olga).post(GENERATIONS, LAUNCH), 400, "invalid")
    assert fields["rule"] == ['"wrong_by_lot" is not a valid choice.']
    fields = refused(call_as(olga).get(f"{GENERATIONS}/0/items", stratum="wrong_lot"), 400, "invalid")
    assert fields["stratum"] == ['"wrong_lot" is not a valid choice.']


@pytest.mark.parametrize("rule", rules.RULES)
def test_the_database_has_room_for_the_names(rule):
    assert len(rule) <= present(Generation._meta.get_field("rule").max_length)
    room = present(BatchItem._meta.get_field("stratum").max_length)
    assert all(len(stratum) <= room for stratum in rules.RULES[rule].strata)
