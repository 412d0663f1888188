"""Projects: opening one, changing its rules, writing what its labelers are told."""

from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import transaction

from labelhub.errors import Conflict, Invalid
from labelhub.models import Instructions, Membership, Project, User
from labelhub.queries.loop import training
from labelhub.services import audit, base_models
from labelhub.services.naming import unless_taken

SETTINGS = (
    "name",
    "phase",
    "metric",
    "promotion_margin",
    "auto_advance",
    "trains_elsewhere",
    "lease_seconds",
    "labels_wanted",
    "overlap_share",
    "gate_share",
    "test_share",
    "control_share",
    "audit_share",
    "way",
    "base_model",
    "training",
    "screening_size",
    "screening_bar",
    "screening_retakes",
    "check_count",
    "check_rate",
    "check_bar",
    "hourly_rate",
    "currency",
)

TRAINING = {"way", "base_model", "training"}
ONLY_PHASE_2 = (
    "Labeling here is phase 2 alone: whole solutions, rated until the first mistake. Leave `phase` out, or send 2; "
    "phase 1 labels can be imported."
)
FIRST_INSTRUCTIONS = """\
Read the problem, then rate the steps of the solution one by one, until the first bad one. You judge whether each step
is one that a good solution could contain, given the steps before it.

## The ratings

- **Great** (`3`): right, easy to check, fitting, and it adds something: an idea, a useful computation, a sensible
  direction even if it later turns out not to be the best. Stating the correct final answer is Great.
- **Okay** (`2`): right and reasonable, but it does not move the solution on: it restates, repeats, stalls, encourages.
- **Bad** (`1`): wrong, even in part; not checkable within about half a minute of thought, search or a calculator;
  gibberish; beside the point; unreasonable for this problem; a clear dead end, or going round in circles. A step that
  needs a missing picture or a link is Bad.
- **Unsure** (`4`): these rules do not cover it. Rare; a reviewer looks at it.

The pass ends at the first Bad. If other texts are offered for that step, rate each of them as if it stood there.

## Ask in this order, and stop at the first yes

1. Is it gibberish? **Bad.**
2. Would checking it take more than about 30 seconds? **Bad.**
3. Does it say anything wrong? **Bad.**
4. Does it have nothing to do with the problem or the steps before? **Bad.**
5. Does it derail the solution, lead to an obvious dead end, or go in circles? **Bad.**
6. Does it only repeat, comment or stall? **Okay.**
7. Does it help understanding, show insight, go in a sensible direction, or state the correct answer? **Great.**
8. None of these? **Okay** if it is harmless, **Unsure** if you cannot place it.

## Some care

- Judge the step, not its style. A clumsy sentence that is right is not Bad.
- Judge it by the steps before it, never by what comes after.
- The answer beside the problem is our best guess and may be wrong. Judge the reasoning; a right solution may differ.
- If the last step states an answer that the steps do not support, that step is Bad, even when the answer is right.
- Where a problem asks for several things, the answer must give all of them.

## When you cannot go on

*Give up* (`g`) when two or three minutes did not settle a step, and say why; somebody else gets it. *Bad problem* (`b`)
is for a problem that nobody could work on: it misses a figure, asserts something false that confuses, asks nothing, or
asks four things or more at once. A wrong answer in the box does not make a problem bad. A *comment* (`c`) goes to the
reviewers with your pass.
"""


@transaction.atomic
def create(*, slug: str, name: str, by: User | None = None, **settings: Any) -> Project:
    """A project with its first instructions, operated by whoever opens it.

    Raises Conflict if the slug is taken, Invalid for a setting that won't do.
    """
    settings |= _way_of(settings)
    project = Project(slug=slug, name=name, **settings)
    taken = Conflict(f"There is already a project {slug}.", fields={"slug": ["This slug is taken."]})
    with unless_taken(Project.objects.filter(slug=slug), taken):
        _check(project, settings)
        project.save()
    Instructions.objects.create(project=project, version=1, text=FIRST_INSTRUCTIONS, created_by=by)
    if by:
        Membership.objects.create(project=project, user=by, role=Membership.Role.OPERATOR)
    audit.record(project=project, actor=by, verb="open", subject=f"project {slug}")
    return project


@transaction.atomic
def change(*, project: Project, by: User | None, **settings: Any) -> Project:
    """The project with these settings changed; they count from the next generation. Raises Invalid."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    settings |= _way_of(settings, stands=project.way)
    before = {name: getattr(project, name) for name in settings}
    for name, value in settings.items():
        setattr(project, name, value)
    _check(project, settings)
    project.save(update_fields=list(settings))
    changed = {name: [str(old), str(settings[name])] for name, old in before.items() if old != settings[name]}
    if changed:
        audit.record(project=project, actor=by, verb="change", subject=f"project {project.slug}", settings=changed)
    return project


@transaction.atomic
def write_instructions(*, project: Project, text: str, by: User | None) -> Instructions:
    """The next version of the instructions; labels made under an older one keep its number."""
    Project.objects.select_for_update().get(pk=project.pk)  # two writers would take the same number
    newest = project.instructions.order_by("-version").first()
    version = newest.version + 1 if newest else 1
    written = Instructions.objects.create(project=project, version=version, text=text, created_by=by)
    audit.record(project=project, actor=by, verb="write", subject=f"instructions {version}")
    return written


def _check(project: Project, settings: dict[str, Any]) -> None:
    try:
        project.clean_fields(exclude=["champion"])  # not constraints: their names are no sentences for a form
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), fields=error.message_dict) from error
    if settings.get("phase") == 1:  # as it is asked for now: a project that once was set to it can still be changed
        _refuse("phase", ONLY_PHASE_2)
    if project.base_model and "base_model" in settings:
        base_models.check(project.base_model, field="base_model")
    if not settings.keys().isdisjoint(TRAINING):
        _check_training(project)
    if project.gate_share + project.test_share > 1:
        _refuse("gate_share", "The gate and test shares together are more than all problems.")


def _way_of(settings: dict[str, Any], stands: str = Project.Way.EMBEDDED) -> dict[str, Any]:
    """The way that a base model means where none is named beside it: `full` for a base, `embedded` for none."""
    if "way" in settings or "base_model" not in settings:
        return {}
    if not settings["base_model"]:
        return {"way": Project.Way.EMBEDDED}
    return {"way": Project.Way.FULL} if stands == Project.Way.EMBEDDED else {}


def _check_training(project: Project) -> None:
    if project.way == Project.Way.EMBEDDED and project.base_model:
        _refuse("base_model", "The embedded way starts from no base model: choose another way, or leave it empty.")
    if project.way != Project.Way.EMBEDDED and not project.base_model:
        _refuse("base_model", "This way starts from a base model: name one that BASE_MODELS lists.")
    try:
        training.config_of(project)
    except ValueError as error:
        _refuse("training", str(error))


def _refuse(field: str, sentence: str) -> NoReturn:
    raise Invalid(sentence, fields={field: [sentence]})
