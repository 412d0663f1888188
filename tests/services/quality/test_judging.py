"""Judging by running checks: who is paused and when, what becomes of their labels, and what a reviewer decides."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.errors import Conflict, Invalid, LeaseLost, Paused, WrongState
from labelhub.models import (
    Assignment,
    BatchItem,
    Event,
    Generation,
    Gold,
    Label,
    Problem,
    Project,
    Quarantine,
    QuarantineDecision,
    Solution,
    User,
)
from labelhub.queries.loop import eligible, progress
from labelhub.queries.quality import judging as queries
from labelhub.queries.quality import review
from labelhub.queries.quality.contradictions import contradictions
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from labelhub.services.quality import gold
from labelhub.services.quality.checks import asking as checking
from labelhub.services.quality.checks import judging
from tests import factories
from tests.present import present
from tests.services.labeling.test_leases import state_of

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

CHECKS, ITEMS = 40, 30
GREAT: dict[str, Any] = {"ratings": [1, 1, 1], "finish_reason": "solution"}
BAD: dict[str, Any] = {"ratings": [-1], "finish_reason": "found_error"}


@pytest.fixture
def checked(project: Project, generation: Generation) -> Project:
    """Forty checks, two in five without a mistake and the others mistaken in their second step, and thirty items.

    No check comes by chance: a test asks for one by setting the rate to 1.
    """
    Project.objects.filter(pk=project.pk).update(check_rate=0, check_count=CHECKS)
    project.refresh_from_db()
    for n in range(CHECKS):
        mistaken = {"first_mistakes": [1], "solution__wrong": True} if n % 5 > 1 else {}
        factories.GoldFactory(purpose="check", solution__problem__project=project, **mistaken)
    for position in range(ITEMS):
        factories.BatchItemFactory(generation=generation, position=position)
    checking.put_up(generation=generation)
    return project


def claim(project: Project, person: User, rate: int = 0) -> Assignment:
    Project.objects.filter(pk=project.pk).update(check_rate=rate)
    offer = leases.claim_next(project=project, labeler=person.labeler, holding=[])
    Project.objects.filter(pk=project.pk).update(check_rate=0)
    return present(offer.assignment)


def hands_in(assignment: Assignment, **body: Any) -> hand_in.HandedIn:
    return hand_in.hand_in(
        labeler=assignment.labeler,
        assignment_id=assignment.pk,
        body=Pass(lease=assignment.lease_token, total_time=1, **{**GREAT, **body}),
        source="human",
        holding=[],
    )


def label_items(project: Project, person: User, n: int, **body: Any) -> list[Label]:
    made = []
    for _ in range(n):
        done = hands_in(claim(project, person), **body)
        made.append(done.label)
        if done.offer.assignment:
            leases.release(assignment=done.offer.assignment)
    return made


def answer_check(project: Project, person: User, answer: Callable[[Gold], dict[str, Any]]) -> hand_in.HandedIn:
    """Answer any check that is left by what is known of its solution."""
    held = claim(project, person, rate=1)
    assert held.item.stratum == "check"
    done = hands_in(held, **answer(held.item.solution.gold))
    if done.offer.assignment:
        leases.release(assignment=done.offer.assignment)
    return done


def truly(gold: Gold) -> dict[str, Any]:
    return {"ratings": [1, -1], "finish_reason": "found_error"} if gold.first_mistakes else GREAT


def falsely(gold: Gold) -> dict[str, Any]:
    return GREAT if gold.first_mistakes else BAD


def pause(project: Project, person: User) -> Quarantine:
    """Three checks missed."""
    for _ in range(3):
        answer_check(project, person, falsely)
    return Quarantine.objects.filter(labeler=person.labeler).latest("pk")


def decide(quarantine: Quarantine, kind: str, by: User, reason: str = "Looked at ten of them.") -> QuarantineDecision:
    newest = quarantine.decisions.order_by("-pk").values_list("pk", flat=True).first()
    return judging.decide(quarantine=quarantine, kind=kind, reason=reason, by=by, seen=newest or 0)


def trusted(project: Project) -> set[int]:
    return set(eligible.to_train(project=project).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        pytest.param(lambda gold: GREAT, 15, id="always Great"),
        pytest.param(lambda gold: BAD, 3, id="always Bad"),
        pytest.param(
            lambda gold: BAD if gold.solution.grade == "wrong" else GREAT, 15, id="Bad exactly where the answer differs"
        ),
    ],
)
def test_who_does_not_read_is_paused_after_so_many_checks(checked, ann, answer, after):
    """Two without a mistake, three with one, and so on: two in five are agreed with, or none."""
    asked = 0
    for item in BatchItem.objects.filter(stratum="check").select_related("solution__gold").order_by("solution"):
        held = factories.AssignmentFactory(item=item, labeler=ann.labeler)
        asked += 1
        if (done := hands_in(held, **answer(item.solution.gold))).offer.reason:
            break
        leases.release(assignment=present(done.offer.assignment))
    assert (present(done.offer.reason).code, asked, Quarantine.objects.get().asked) == ("paused", after, after)


def test_who_agrees_is_never_paused(checked, ann):
    for _ in range(CHECKS):
        answer_check(checked, ann, truly)
    assert not Quarantine.objects.exists()


def test_the_paused_get_a_sentence_and_no_work(checked, ann, bob):
    pause(checked, ann)
    offer = leases.claim_next(project=checked, labeler=ann.labeler, holding=[])
    assert (offer.assignment, present(offer.reason).code) == (None, "paused")
    assert claim(checked, bob)


def test_the_check_that_pauses_is_answered_with_the_reason_and_again_the_same(checked, ann):
    for _ in range(2):
        answer_check(checked, ann, falsely)
    last = claim(checked, ann, rate=1)
    body = falsely(last.item.solution.gold)
    assert present(hands_in(last, **body).offer.reason).code == "paused"
    again = hands_in(last, **body)
    assert (present(again.offer.reason).code, again.label.revision) == ("paused", 1)


def test_a_pause_hands_back_what_is_held_and_keeps_the_pass_in_hand_as_a_draft(checked, ann, bob):
    held = claim(checked, ann)
    for _ in range(3):
        found = checking.ask(project=checked, labeler=ann.labeler)
        check = factories.AssignmentFactory(item_id=found, labeler=ann.labeler)
        hands_in(check, **falsely(check.item.solution.gold))
    assert state_of(held.item) == "open"
    with pytest.raises(Paused):
        hands_in(held)
    held.refresh_from_db()
    assert (held.state, present(held.draft)["finish_reason"]) == ("released", "solution")
    assert not Label.objects.filter(assignment=held).exists()


def test_a_pause_is_of_one_project(checked, ann):
    pause(checked, ann)
    other = factories.GenerationFactory(project__slug="pears")
    factories.BatchItemFactory(generation=other)
    factories.MembershipFactory(project=other.project, user=ann)
    assert claim(other.project, ann)


def test_the_labels_since_the_last_passed_check_are_held_back(checked, ann):
    before = label_items(checked, ann, 2)
    answer_check(checked, ann, truly)
    since = label_items(checked, ann, 3)
    quarantine = None
    while not quarantine:
        answer_check(checked, ann, falsely)
        quarantine = Quarantine.objects.first()
    assert set(queries.labels_in(quarantine)) == set(since)
    assert trusted(checked) == {label.pk for label in before}
    assert eligible.to_measure(project=checked, split="train").count() == 2


def test_all_labels_are_held_back_where_no_check_was_passed(checked, ann, bob):
    label_items(checked, ann, 2)
    [others] = label_items(checked, bob, 1)
    pause(checked, ann)
    assert trusted(checked) == {others.pk}


def test_released_labels_train_again_and_discarded_ones_do_not(checked, ann, rita):
    made = {label.pk for label in label_items(checked, ann, 2)}
    quarantine = pause(checked, ann)
    decide(quarantine, "release", rita)
    assert trusted(checked) == made
    decide(quarantine, "discard", rita)
    assert trusted(checked) == set()
    decide(quarantine, "release", rita)
    assert trusted(checked) == made


def test_discarded_items_are_labelled_again_by_others(checked, ann, bob, rita):
    made = label_items(checked, ann, 2)
    decide(pause(checked, ann), "discard", rita)
    items = [present(label.assignment).item for label in made]
    assert [state_of(item) for item in items] == ["open", "open"]
    assert {claim(checked, bob).item_id} <= {item.pk for item in items}


def test_who_is_back_is_not_served_what_was_discarded_and_cannot_change_it(checked, ann, rita):
    [label] = label_items(checked, ann, 1)
    quarantine = pause(checked, ann)
    decide(quarantine, "discard", rita)
    decide(quarantine, "bring_back", rita)
    assert claim(checked, ann).item_id != present(label.assignment).item_id
    with pytest.raises(LeaseLost):
        hands_in(present(label.assignment), **BAD)


def test_release_after_discard_takes_the_items_back_unless_somebody_has_them(checked, ann, bob, rita):
    made = label_items(checked, ann, 2)
    quarantine = pause(checked, ann)
    decide(quarantine, "discard", rita)
    taken = claim(checked, bob)
    decide(quarantine, "release", rita)
    items = [present(label.assignment).item for label in made]
    states = {item.pk: state_of(item) for item in items}
    assert states.pop(taken.item_id) == "leased"
    assert list(states.values()) == ["done"]


def test_after_the_generation_is_closed_a_discard_opens_nothing(checked, generation, ann, rita):
    [label] = label_items(checked, ann, 1)
    quarantine = pause(checked, ann)
    type(generation).objects.filter(pk=generation.pk).update(state="training")
    decide(quarantine, "discard", rita)
    assert state_of(present(label.assignment).item) == "done"
    assert trusted(checked) == set()


def test_a_discarded_bad_problem_brings_the_problem_back(checked, ann, rita):
    [label] = label_items(checked, ann, 1, ratings=[], finish_reason="bad_problem", reason="No figure.")
    problem = Problem.objects.filter(pk=present(label.assignment).item.solution.problem_id, retired_at=None)
    assert not problem.exists()
    decide(pause(checked, ann), "discard", rita)
    assert problem.exists()
    assert state_of(present(label.assignment).item) == "open"


def test_a_discarded_bad_problem_brings_its_withdrawn_items_back_where_people_work_on_them(
    checked, generation, ann, rita
):
    [label] = label_items(checked, ann, 1, ratings=[], finish_reason="bad_problem", reason="No figure.")
    of_the_problem = {"solution__problem": label.solution.problem, "state": "withdrawn"}
    here = factories.BatchItemFactory(generation=generation, **of_the_problem)
    over = factories.BatchItemFactory(
        generation__project=checked, generation__number=7, generation__state="closed", **of_the_problem
    )
    decide(pause(checked, ann), "discard", rita)
    assert (state_of(here), state_of(over)) == ("open", "withdrawn")


def test_brought_back_the_record_begins_anew(checked, ann, rita):
    label_items(checked, ann, 1)
    first = pause(checked, ann)
    decide(first, "bring_back", rita)
    answer_check(checked, ann, truly)
    answer_check(checked, ann, falsely)
    answer_check(checked, ann, falsely)
    assert claim(checked, ann)
    assert len(queries.answers_of(checked, ann.labeler)[1]) == 3
    leases.release(assignment=Assignment.objects.get(labeler=ann.labeler, state="leased"))
    since = label_items(checked, ann, 1)
    while Quarantine.objects.count() == 1:
        answer_check(checked, ann, falsely)
    assert set(queries.labels_in(Quarantine.objects.latest("pk"))) == set(since)


def test_a_second_pause_without_a_passed_check_reaches_back_to_the_first(checked, ann, rita):
    label_items(checked, ann, 1)
    decide(pause(checked, ann), "bring_back", rita)
    since = label_items(checked, ann, 2)
    assert set(queries.labels_in(pause(checked, ann))) == set(since)


def test_each_decision_has_its_reason_and_stays(checked, ann, rita):
    quarantine = pause(checked, ann)
    with pytest.raises(Invalid):
        decide(quarantine, "discard", rita, reason=" ")
    decide(quarantine, "discard", rita, "All Bad.")
    decide(quarantine, "release", rita, "They were right after all.")
    decide(quarantine, "bring_back", rita, "We talked.")
    assert list(quarantine.decisions.order_by("pk").values_list("kind", "reason")) == [
        ("discard", "All Bad."),
        ("release", "They were right after all."),
        ("bring_back", "We talked."),
    ]
    events = Event.objects.filter(subject=f"labeler {ann.labeler.pk}").order_by("pk")
    assert list(events.values_list("verb", "reason")) == [
        ("pause", ""),
        ("discard quarantine", "All Bad."),
        ("release quarantine", "They were right after all."),
        ("bring back labeler", "We talked."),
    ]


@pytest.mark.parametrize("kind", ["release", "discard", "bring_back"])
def test_the_same_again_is_refused(checked, ann, rita, kind):
    quarantine = pause(checked, ann)
    decide(quarantine, kind, rita)
    with pytest.raises(WrongState):
        decide(quarantine, kind, rita)


def test_whom_somebody_else_overtook_is_told_and_decides_nothing(checked, ann, rita):
    quarantine = pause(checked, ann)
    decide(quarantine, "release", rita)
    with pytest.raises(Conflict):
        judging.decide(quarantine=quarantine, kind="discard", reason="No.", by=rita, seen=0)
    assert quarantine.decisions.count() == 1


def test_a_retired_check_speaks_of_nobody(checked, ann, rita):
    for _ in range(2):
        done = answer_check(checked, ann, falsely)
        gold.retire(gold=done.label.solution.gold, reason="It was wrong itself.", by=rita)
    answer_check(checked, ann, falsely)
    assert not Quarantine.objects.exists()


def test_an_ordinary_pass_asks_the_database_nothing_more(checked, ann):
    """Whether its labeler was ever asked a check or not: judging is a matter of the checks' own passes."""

    def statements() -> int:
        held = claim(checked, ann)
        with CaptureQueriesContext(connection) as captured:
            done = hands_in(held)
        leases.release(assignment=present(done.offer.assignment))
        assert not any("quarantine" in query["sql"] for query in captured)
        return len(captured)

    before = statements()
    for _ in range(5):
        answer_check(checked, ann, truly)
    assert statements() == before


def test_who_waits_is_counted_until_both_are_decided(checked, ann, rita):
    assert queries.waiting(checked) == 0
    quarantine = pause(checked, ann)
    assert queries.waiting(checked) == 1
    decide(quarantine, "discard", rita)
    assert queries.waiting(checked) == 1
    decide(quarantine, "bring_back", rita)
    assert queries.waiting(checked) == 0


def test_labels_held_back_ask_nothing_of_the_reviewers(checked, ann, rita):
    """An always Great over a solution graded wrong is a contradiction, until its labeler is paused."""
    wrong = Solution.objects.filter(items__stratum="uniform", problem__project=checked)
    wrong.update(grade="wrong")
    label_items(checked, ann, 2)
    olga_sees = lambda: present(progress.for_reviewer(checked, ann.labeler).needs).contradictions  # noqa: E731
    assert (contradictions(checked).count(), review.counts(checked)["contradictions"], olga_sees()) == (
        2,
        2,
        2,
    )
    quarantine = pause(checked, ann)
    assert (contradictions(checked).count(), review.counts(checked)["contradictions"], olga_sees()) == (
        0,
        0,
        0,
    )
    decide(quarantine, "release", rita)
    assert (contradictions(checked).count(), review.counts(checked)["contradictions"], olga_sees()) == (
        2,
        2,
        2,
    )
