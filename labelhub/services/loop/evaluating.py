"""Evaluate: what a checkpoint is worth on held-out problems, beside the champion, majority voting and knowing nothing.

Gate decides promotions; test is reported and decides nothing.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import NotReady
from labelhub.models import Checkpoint, Generation, Job, Problem, Project, User
from labelhub.queries.loop import checkpoints as queries
from labelhub.queries.loop import learning_curve
from labelhub.queries.loop.measuring import Heard, chances, predicted, step_auc, telling, threshold, usual_number
from labelhub.services import audit, jobs
from labelhub.services.loop import generations, promoting, training
from selector.evaluation import compare

SPLITS = (Problem.Split.GATE, Problem.Split.TEST)
ALONE = "There was no other champion to compare it with."
BY_HAND = "Trained by hand, and left to you. By the rule: "
ADDED = "Added by hand, and left to you. By the rule: "
AGAIN = "Measured again, and left to you. By the rule: "


def start(*, checkpoint: Checkpoint) -> Job:
    """A job that measures a checkpoint which was trained outside a generation."""
    return jobs.create(kind=Job.Kind.EVALUATE, project=checkpoint.project, checkpoint=checkpoint)


@transaction.atomic
def measure_again(*, checkpoint: Checkpoint, by: User) -> Job:
    """A job that measures it with the current labels, and compares it with the current champion.

    Nothing is promoted by it. Raises NotReady unless it was evaluated before.
    """
    if checkpoint.state != Checkpoint.State.READY:
        raise NotReady("Only a checkpoint that was trained and evaluated can be measured again.")
    audit.record(project=checkpoint.project, actor=by, verb="evaluate", subject=f"checkpoint {checkpoint.number}")
    return start(checkpoint=checkpoint)


@transaction.atomic
def train_orm(*, beside: Checkpoint, by: User) -> Job:
    """A job that trains an outcome reward model on the very labels which the checkpoint saw.

    Raises NotReady unless those were frozen and no other is in training, and NothingToTrain.
    """
    if beside.kind != Checkpoint.Kind.PRM or beside.labels_frozen_at is None:
        raise NotReady("Only beside a process reward model whose training has begun.")
    Project.objects.select_for_update().get(pk=beside.project_id)  # a button pressed twice
    if (other := beside.project.checkpoints.filter(kind=Checkpoint.Kind.ORM, state="training").first()) is not None:
        raise NotReady(
            f"Checkpoint {other.number}, an outcome reward model, is in training: wait until it is measured."
        )
    seed = beside.config.get("seed", 0)
    orm = training.create_checkpoint(project=beside.project, kind=Checkpoint.Kind.ORM, seed=seed)
    orm.labels.set(beside.labels.all())
    Checkpoint.objects.filter(pk=orm.pk).update(labels_frozen_at=timezone.now())
    audit.record(project=orm.project, actor=by, verb="train", subject=f"checkpoint {orm.number}", beside=beside.number)
    return jobs.create(kind=Job.Kind.TRAIN, project=orm.project, checkpoint=orm, by=by)


def rival(*, project: Project, checkpoint: Checkpoint) -> Checkpoint | None:
    """Whom it is compared with: the champion; and the champion itself with the one before it."""
    champion = Project.objects.select_related("champion").get(pk=project.pk).champion
    if champion is None or champion.pk != checkpoint.pk:
        return champion
    return queries.replaced_by(champion)


def contenders(*, project: Project, challenger: Checkpoint) -> list[Checkpoint]:
    """The checkpoints whose scores the decision needs: whom it is compared with, if anybody, and the challenger."""
    return [each for each in (rival(project=project, checkpoint=challenger), challenger) if each]


def judge(*, project: Project, challenger: Checkpoint) -> tuple[dict[str, Any], dict[str, Any]]:
    """All that is measured of the challenger, and the decision that gate's paired comparison leads to.

    Measured by split; and what it saw, what the labels of its generation say, and how far it moved.
    """
    project = Project.objects.select_related("champion").get(pk=project.pk)
    other = rival(project=project, checkpoint=challenger)
    measures = {split.value: measure(checkpoint=challenger, champion=other, split=split) for split in SPLITS}
    comparison = measures[Problem.Split.GATE]["comparison"]
    decision = promoting.decide(project=project, challenger=challenger, comparison=comparison)
    if project.champion_id == challenger.pk:  # what was decided of a champion stands; what gate shows is of now
        stands = challenger.decision
        decision |= {name: stands[name] for name in ("promoted", "sentence") if name in stands}
    return measures | _standing(challenger), decision


def _standing(checkpoint: Checkpoint) -> dict[str, Any]:
    """What no split tells: where the checkpoint stands in the loop."""
    closed = Generation.objects.filter(checkpoint=checkpoint).select_related("champion").first()
    return {
        "seen": queries.seen(checkpoint),
        "learning": learning_curve.by_strata(generation=closed) if closed else None,
        "stability": learning_curve.stability(checkpoint=checkpoint),
        "measured_at": timezone.now().isoformat(),
    }


def conclude(
    *, checkpoint: Checkpoint, generation: Generation | None, measures: dict[str, Any], decision: dict[str, Any]
) -> list[Job]:
    """Write measures and decision down and act on them, inside the job's finishing transaction.

    Only a generation's challenger is promoted by itself; the pool is then scored for the next launch, if none follows.
    """
    if generation is None:
        decision = _left_to_people(checkpoint, decision)
    Checkpoint.objects.filter(pk=checkpoint.pk).update(
        state=Checkpoint.State.READY, measures=measures, decision=decision
    )
    if generation is None:
        return []
    if decision["promoted"]:
        promoting.promote(checkpoint=checkpoint, by=None, reason=decision["sentence"])
    following = generations.evaluated(generation=generation, decision=decision)
    if decision["promoted"] and not following:
        following = [promoting.score_ahead(checkpoint=checkpoint)]
    return following


def _left_to_people(checkpoint: Checkpoint, decision: dict[str, Any]) -> dict[str, Any]:
    """Outside a generation nothing is promoted by itself, and what was decided of a champion stands."""
    if Project.objects.filter(champion=checkpoint.pk).exists() or checkpoint.kind != Checkpoint.Kind.PRM:
        return decision
    first = BY_HAND if checkpoint.source == Checkpoint.Source.TRAINED else ADDED
    lead = AGAIN if checkpoint.state == Checkpoint.State.READY else first
    return decision | {"promoted": False, "sentence": lead + decision["sentence"]}


def measure(*, checkpoint: Checkpoint, champion: Checkpoint | None, split: str) -> dict[str, Any]:
    """Best-of-N, first-error F1 and step AUC on one split, and the same of the champion on the same labels.

    A part that can't be told says why under `undefined`.
    """
    ours = Heard.of(checkpoint, split)
    theirs = Heard.of(champion, split) if champion else None
    return ours.measures() | {
        "champion": champion.number if champion else None,
        "comparison": _comparison(ours, theirs) if theirs else {},
        "beside": theirs.measures() if theirs else {"undefined": ALONE},
    }


def _comparison(ours: Heard, theirs: Heard) -> dict[str, dict[str, Any]]:
    """Challenger minus champion by metric, paired on the same problems or labelled solutions.

    Each calls steps by its own threshold. Step AUC, which depends on none, stands beside F1 and decides nothing.
    """
    found: dict[str, dict[str, Any]] = {}
    if ours.attempts:
        usual = usual_number(ours.attempts)
        mine, his = (chances(each.attempts, [usual], "best_of_n").by_problem(usual) for each in (ours, theirs))
        compared = compare.compare_paired(his, mine)
        found["best_of_n"] = compared.to_dict() | {"n": compared.problems, "unit": "problems"}
    by_solution = {one.solution_id: one for one in theirs.rated}
    rated, mistakes = telling([one for one in ours.rated if one.solution_id in by_solution])
    if rated:
        his_rated = [by_solution[one.solution_id] for one in rated]
        by_f1 = compare.compare_first_error(
            [one.problem_id for one in rated],
            mistakes,
            predicted(his_rated, threshold(theirs.checkpoint)),
            predicted(rated, threshold(ours.checkpoint)),
        )
        found |= {"first_error": by_f1.to_dict() | {"n": len(rated), "unit": "solutions"}} if by_f1 else {}
        found |= {"step_auc": by_auc} if (by_auc := step_auc(rated, his_rated)) else {}
    return found
