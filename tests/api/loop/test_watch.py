"""A generation's page over HTTP: what its labels say, who is at it, and a lease taken back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Event, Generation, Label, Project
from tests import factories
from tests.api.conftest import refused
from tests.present import present

pytestmark = pytest.mark.django_db

WATCH = "projects/apples/generations/0/watch"
PASS = {"ratings": [1, -1], "finish_reason": "found_error", "total_time": 9000}


def minutes_ago(minutes: float) -> Any:
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture(autouse=True)
def opened(generation: Generation) -> None:
    """The batch was launched and opened three hours ago."""
    at = minutes_ago(180)
    Generation.objects.filter(pk=generation.pk).update(launched_at=at, labeling_at=at)


def labelled(generation: Generation, minutes: float = 60, **values: Any) -> Label:
    """A label handed in so many minutes ago."""
    return factories.LabelFactory(assignment__item__generation=generation, submitted_at=minutes_ago(minutes), **values)


def found(told: Iterable[dict[str, Any]], **of: Any) -> dict[str, Any]:
    return next(each for each in told if all(each[name] == value for name, value in of.items()))


@pytest.mark.parametrize("minutes", [1, 60], ids=["this minute", "long settled"])
def test_the_labels_are_told_by_how_they_end_and_where_the_mistakes_are(call_as, rita, generation, minutes):
    labelled(generation, minutes, ratings=[1, -1], total_time=10_000)
    labelled(generation, minutes, ratings=[1, 1, -1], total_time=30_000)
    labelled(generation, minutes, ratings=[1, 1, 1], total_time=20_000)
    labelled(generation, minutes, ratings=[1], finish_reason="give_up", reason="Too hard.", total_time=60_000)
    told = call_as(rita).get(WATCH).json()
    mix = {each["finish_reason"]: (each["count"], each["share"]["value"]) for each in told["mix"]}
    assert mix == {"found_error": (2, 0.5), "solution": (1, 0.25), "bad_problem": (0, 0), "give_up": (1, 0.25)}
    assert told["mistakes"]["steps"] == [{"step": 1, "count": 0}, {"step": 2, "count": 1}, {"step": 3, "count": 1}]
    assert {each["tenth"]: each["count"] for each in told["mistakes"]["tenths"] if each["count"]} == {7: 1, 10: 1}
    assert told["reasons"] == [{"finish_reason": "give_up", "reason": "Too hard.", "count": 1}]
    assert (told["times"]["per_pass"]["n"], told["times"]["per_pass"]["value"]) == (3, 20_000)
    assert told["times"]["per_step"]["value"] == pytest.approx(20_000 / 3)
    assert told["cost"]["ms"] == 120_000
    assert told["cost"]["time_per_label"]["value"] == 40_000  # the one given up costs too
    assert told["cost"]["time_per_error"]["value"] == 60_000


@pytest.mark.parametrize(("ms", "told_ms"), [(1_499, 1_000), (1_500, 2_000)])
def test_a_pass_counts_by_its_nearest_second(call_as, rita, generation, ms, told_ms):
    labelled(generation, ratings=[1, -1], total_time=ms)
    assert call_as(rita).get(WATCH).json()["times"]["per_pass"]["value"] == told_ms


@pytest.mark.parametrize(("first", "second"), [(60, 30), (60, 1), (2, 1)])
def test_a_corrected_label_counts_as_corrected_whenever_it_came(call_as, rita, generation, first, second):
    label = labelled(generation, first, ratings=[1, -1], total_time=10_000)
    if second < 5:
        call_as(rita).get(WATCH)  # the first is counted, and may be remembered
    factories.LabelFactory(
        assignment=label.assignment, supersedes=label, revision=2, total_time=15_000, submitted_at=minutes_ago(second)
    )
    told = call_as(rita).get(WATCH).json()
    assert (found(told["mix"], finish_reason="found_error")["count"], told["mistakes"]["n"]) == (0, 0)
    assert found(told["mix"], finish_reason="solution")["count"] == 1
    assert (told["times"]["per_pass"]["n"], told["times"]["per_pass"]["value"]) == (1, 15_000)
    assert told["burndown"]["made"] == 1
    assert found(told["people"], passes=1)["mean_ms"] == 15_000


def test_what_is_remembered_says_the_same_as_counting_anew(call_as, rita, generation):
    for age in (170, 90, 20, 6, 3, 1):
        labelled(generation, age, ratings=[1, -1] if age % 2 else [1, 1, 1], total_time=age * 1000)
    browser = call_as(rita)
    browser.get(WATCH)
    remembered = browser.get(WATCH).json()
    cache.clear()
    anew = browser.get(WATCH).json()
    for part in ("mix", "mistakes", "times", "reasons", "cost", "people"):
        assert remembered[part] == anew[part]


def test_running_checks_and_other_generations_count_for_nothing(call_as, rita, generation):
    labelled(generation, is_quality_control_question=True)
    labelled(factories.GenerationFactory())
    told = call_as(rita).get(WATCH).json()
    assert sum(each["count"] for each in told["mix"]) == 0
    assert told["burndown"]["made"] == 0


def test_what_nobody_has_done_is_undefined_and_says_why(call_as, rita, generation):
    told = call_as(rita).get(WATCH).json()
    assert told["mistakes"]["undefined"] == "No pass has found a mistake yet."
    assert told["mix"][0]["share"]["undefined"] == "Nobody has finished a pass of this generation yet."
    assert told["times"]["per_pass"]["value"] is None
    assert told["cost"]["per_label"]["undefined"].startswith("The project's settings don't say")
    assert told["people"] == told["leases"] == told["reasons"] == []


def test_a_cost_needs_a_rate_and_its_currency(call_as, rita, generation, project):
    labelled(generation, ratings=[1, -1], total_time=36_000)
    Project.objects.filter(pk=project.pk).update(hourly_rate=20)
    assert call_as(rita).get(WATCH).json()["cost"]["per_label"]["value"] is None
    Project.objects.filter(pk=project.pk).update(currency="EUR")
    cost = call_as(rita).get(WATCH).json()["cost"]
    assert (cost["currency"], cost["per_label"]["value"], cost["per_error"]["value"]) == ("EUR", 0.2, 0.2)
    assert cost["total"] == pytest.approx(0.2)


def test_the_composition_is_told_against_what_was_asked_for(call_as, rita, generation):
    Generation.objects.filter(pk=generation.pk).update(manifest={"shortfall": {"wrong": 2, "gate": 1}})
    wrong = factories.SolutionFactory.create_batch(3, wrong=True, problem__project=generation.project)
    for solution, state in zip(wrong, ["done", "open", "withdrawn"], strict=True):
        factories.BatchItemFactory(generation=generation, stratum="wrong", solution=solution, state=state)
    factories.BatchItemFactory.create_batch(4, generation=generation, stratum="remainder")
    told = call_as(rita).get(WATCH).json()["composition"]
    assert found(told, stratum="wrong") == {
        "stratum": "wrong", "planned": 5, "items": 3, "done": 1, "withdrawn": 1, "right": 0, "wrong": 3,
    }  # fmt: skip
    assert (found(told, stratum="remainder")["planned"], found(told, stratum="remainder")["right"]) == (2, 4)
    assert (found(told, stratum="gate")["planned"], found(told, stratum="gate")["items"]) == (1, 0)


@pytest.mark.parametrize("asked", [{"labels_wanted": 2}, {"overlap_share": 1}])
def test_the_burndown_counts_labels_wanted_and_says_when_it_may_be_full(call_as, rita, generation, asked):
    Generation.objects.filter(pk=generation.pk).update(**asked)
    half = factories.BatchItemFactory(generation=generation, labels_wanted=2, state="open")
    factories.BatchItemFactory.create_batch(2, generation=generation, labels_wanted=2, state="open")
    for age in (150, 120, 90, 60, 30):
        labelled(generation, age)
    factories.LabelFactory(
        assignment=factories.AssignmentFactory(item=half, state="submitted"), submitted_at=minutes_ago(10)
    )
    told = call_as(rita).get(WATCH).json()["burndown"]
    assert (told["left"], told["made"], told["points"][0]["left"]) == (5, 6, 11)
    finish = told["finish"]
    assert finish["earliest"] <= finish["likely"] <= finish["latest"]
    assert (finish["passes"], told["undefined"]) == (6, None)


def test_a_full_batch_needs_no_end_and_its_timeline_says_since_when(call_as, rita, generation):
    label = labelled(generation, 30)
    told = call_as(rita).get(WATCH).json()
    assert told["burndown"]["undefined"] == "Every item has its labels."
    full = found(told["timeline"], stage="full")["at"]
    assert full[:16] == label.submitted_at.isoformat()[:16]


def test_a_batch_closed_early_was_never_full(call_as, rita, generation):
    labelled(generation, 30)
    factories.BatchItemFactory(generation=generation, state="withdrawn")
    Generation.objects.filter(pk=generation.pk).update(state="training", training_at=timezone.now())
    told = call_as(rita).get(WATCH).json()
    assert found(told["timeline"], stage="full")["at"] is None
    assert (told["burndown"]["left"], told["burndown"]["undefined"]) == (1, "Labeling is over.")


def test_the_timeline_names_the_stages_with_their_times(call_as, rita, generation, checkpoint):
    at = minutes_ago(5)
    for kind in ("score", "select", "evaluate"):
        factories.JobFactory(project=generation.project, generation=generation, kind=kind, state="done", finished_at=at)
    Generation.objects.filter(pk=generation.pk).update(champion=checkpoint, state="closed", ended_at=at)
    told = {each["stage"]: each["at"] for each in call_as(rita).get(WATCH).json()["timeline"]}
    assert list(told) == ["launched", "scored", "selected", "labeling", "full", "training", "evaluated", "closed"]
    assert [stage for stage, when in told.items() if when is None] == ["full", "training"]


AHEAD: dict[str, dict[str, Any]] = {"ahead": {}}
SELECTED = {"score": "done", "select": "done"}
TRAINED = SELECTED | {"train": "done"}
MEASURED = TRAINED | {"evaluate": "done"}
TO_LABELING = "launched scored selected labeling"


@pytest.mark.parametrize(
    ("state", "manifest", "jobs", "reached", "left_out"),
    [
        ("ahead", AHEAD, {}, "ahead", ""),
        ("scoring", AHEAD, {"score": "running"}, "ahead launched", ""),
        ("scoring", {}, {"score": "running"}, "launched", ""),
        ("selecting", AHEAD, {"score": "done"}, "ahead launched scored", ""),
        ("labeling", {}, SELECTED, f"{TO_LABELING} full", ""),
        ("labeling", AHEAD, SELECTED, f"ahead {TO_LABELING} full", ""),
        ("labeling early", {}, SELECTED, TO_LABELING, ""),
        ("training", {}, SELECTED, f"{TO_LABELING} full training", ""),
        ("training early", {}, SELECTED, f"{TO_LABELING} training", "full"),
        ("evaluating", {}, TRAINED, f"{TO_LABELING} full training", ""),
        ("closed", {}, MEASURED, f"{TO_LABELING} full training evaluated closed", ""),
        ("closed early", {}, MEASURED, f"{TO_LABELING} training evaluated closed", "full"),
        ("failed", AHEAD, {"score": "failed"}, "ahead launched", "the rest"),
        ("failed training", {}, SELECTED | {"train": "failed"}, f"{TO_LABELING} full training", "the rest"),
        ("cancelled", AHEAD, {}, "ahead cancelled", "the rest"),
        ("cancelled early", {}, SELECTED, f"{TO_LABELING} cancelled", "the rest"),
        (
            "cancelled training",
            {},
            SELECTED | {"train": "failed"},
            f"{TO_LABELING} full training cancelled",
            "the rest",
        ),
    ],
)
def test_a_stage_is_reached_or_to_come_or_was_not_reached(
    call_as, rita, generation, checkpoint, state, manifest, jobs, reached, left_out
):
    state, *more = state.split()
    labelled(generation, 30)
    if "early" in more:
        factories.BatchItemFactory(generation=generation, state="open" if state == "labeling" else "withdrawn")
    for kind, stands in jobs.items():
        at = timezone.now() if stands in ("done", "failed") else None
        factories.JobFactory(project=generation.project, generation=generation, kind=kind, state=stands, finished_at=at)
    Generation.objects.filter(pk=generation.pk).update(
        state=state,
        manifest=manifest,
        champion=checkpoint if jobs else None,
        labeling_at=timezone.now() if manifest or "select" in jobs else None,
        training_at=timezone.now() if "train" in jobs or state == "training" else None,
        ended_at=timezone.now() if state in ("closed", "cancelled") else None,
    )
    told = call_as(rita).get(WATCH).json()["timeline"]
    expected = {each["stage"]: "not_reached" if left_out in ("the rest", each["stage"]) else "to_come" for each in told}
    expected |= dict.fromkeys(reached.split(), "reached")
    assert {each["stage"]: each["reach"] for each in told} == expected
    assert [each["stage"] for each in told if each["at"]] == reached.split()


def test_people_are_told_with_the_one_seen_last_first(call_as, rita, ann, bob, generation):
    labelled(generation, 60, assignment__labeler=ann.labeler, ratings=[1, -1])
    labelled(generation, 20, assignment__labeler=ann.labeler)
    factories.AssignmentFactory(item__generation=generation, labeler=bob.labeler)
    first, second = call_as(rita).get(WATCH).json()["people"]
    assert (first["username"], first["passes"], first["leases"], first["mean_ms"]) == ("bob", 0, 1, None)
    assert (second["username"], second["passes"], second["found_error"], second["leases"]) == ("ann", 2, 1, 0)


def test_leases_are_told_and_their_number(call_as, rita, ann, generation):
    lease = factories.AssignmentFactory(item__generation=generation, labeler=ann.labeler)
    factories.AssignmentFactory(item__generation=generation, state="released")
    told = call_as(rita).get(WATCH).json()
    assert told["leased"] == 1
    assert [(each["assignment"], each["username"]) for each in told["leases"]] == [(lease.pk, "ann")]


def revoke(caller: Any, lease: Assignment, reason: str = "Went home.") -> Any:
    return caller.post(f"projects/apples/generations/0/leases/{lease.pk}/revoke", {"reason": reason})


def test_a_lease_taken_back_opens_the_item_to_others_and_is_in_the_record(call_as, olga, ann, bob, generation):
    item = factories.BatchItemFactory(generation=generation, state="leased")
    lease = factories.AssignmentFactory(item=item, labeler=ann.labeler)
    assert revoke(call_as(olga), lease).status_code == 204
    assert Assignment.objects.get(pk=lease.pk).state == Assignment.State.REVOKED
    assert BatchItem.objects.get(pk=item.pk).state == BatchItem.State.OPEN
    event = Event.objects.get(verb="revoke lease")
    assert (event.actor, event.subject, event.reason) == (olga, "generation 0", "Went home.")
    assert event.detail == {"assignment": lease.pk, "labeler": str(ann.labeler.pk)}
    nothing = call_as(ann).post("projects/apples/assignments/next", {"holding": []}).json()
    assert (nothing["assignment"], nothing["reason"]["code"]) == (None, "nothing_left_for_you")
    given = call_as(bob).post("projects/apples/assignments/next", {"holding": []}).json()
    assert given["assignment"]["solution_id"] == item.solution_id


def test_a_pass_on_a_lease_taken_back_is_kept_and_counts_for_nothing(call_as, olga, ann, generation):
    lease = factories.AssignmentFactory(item__generation=generation, labeler=ann.labeler, lease_token="mine")
    revoke(call_as(olga), lease)
    refused(call_as(ann).put(f"assignments/{lease.pk}/label", PASS | {"lease": "mine"}), 409, "lease_lost")
    assert present(Assignment.objects.get(pk=lease.pk).draft)["ratings"] == [1, -1]
    assert not Label.objects.exists()


def test_a_lease_that_is_over_or_elsewhere_cannot_be_taken_back(call_as, olga, ann, generation):
    done = present(labelled(generation, assignment__labeler=ann.labeler).assignment)
    elsewhere = factories.AssignmentFactory()
    refused(revoke(call_as(olga), done), 409, "conflict")
    refused(revoke(call_as(olga), elsewhere), 404, "not_found")
    assert Assignment.objects.get(pk=elsewhere.pk).state == Assignment.State.LEASED


def test_taking_a_lease_back_asks_for_a_reason(call_as, olga, generation):
    lease = factories.AssignmentFactory(item__generation=generation)
    assert "reason" in refused(revoke(call_as(olga), lease, " "), 400, "invalid")
    assert not Event.objects.filter(verb="revoke lease").exists()


@pytest.mark.parametrize("count", [1, 8])
def test_a_look_costs_the_same_however_many_labels_there_are(
    call_as, rita, generation, count, django_assert_num_queries
):
    for age in range(count):
        labelled(generation, age)
        factories.AssignmentFactory(item__generation=generation)
    browser = call_as(rita)
    browser.get(WATCH)
    # session, user, project, generation; 5 + 4 of the labels since; left, leases 2, people 2, composition, jobs, rate
    with django_assert_num_queries(20):
        browser.get(WATCH)
