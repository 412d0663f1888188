"""What the two commands that sample share: their options, and following the job."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import fields
from math import isfinite
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from labelhub import tasks
from labelhub.management import following
from labelhub.management.arguments import whole
from labelhub.management.progress import Progress
from labelhub.models import Job, Problem
from labelhub.services.data import sampling
from labelhub.services.data.sampling.job import Sampling, tell

LIVE = (Job.State.QUEUED, Job.State.RUNNING)


def add_arguments(parser: ArgumentParser, *, n: str) -> None:
    following.add_project(parser)
    parser.add_argument("--endpoint", required=True, metavar="NAME", help="a name that SAMPLING_ENDPOINTS lists")
    parser.add_argument("--model", required=True, help="the name under which the server has the model")
    parser.add_argument("--n", type=whole(least=1), default=8, help=f"{n} (default 8)")
    parser.add_argument("--temperature", type=number, default=1.0, help="0 to 2 (default 1.0)")
    parser.add_argument("--max-tokens", type=whole(least=1), default=1024, help="of one answer (default 1024)")
    parser.add_argument("--split", choices=Problem.Split.values, default=Problem.Split.TRAIN)
    parser.add_argument("--seed", type=whole(), default=0, help="another seed draws others (default 0)")
    parser.add_argument("--at-once", type=whole(least=1), default=8, help="requests in flight (default 8)")
    for name, tokens in (("--price-prompt", "prompt"), ("--price-completion", "completion")):
        parser.add_argument(name, type=number, help=f"of a million {tokens} tokens, in any currency")
    following.add_wait(parser, "everything was asked for")


def number(text: str) -> float:
    """Reads a number that is 0 or more."""
    try:
        value = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a number") from None
    if not isfinite(value) or value < 0:
        raise ArgumentTypeError(f"{text} is not a number of 0 or more")
    return value


def start(*, project: str, what: str, wait: bool, options: dict[str, Any]) -> Sampling:
    """The sampling as it stands, or with `wait` as it ended. Raises CommandError."""
    target = following.find_project(project)
    with following.told(), transaction.atomic():
        asked = {each.name: options[each.name] for each in fields(sampling.Parameters) if each.name != "what"}
        parameters = sampling.Parameters(what=what, **asked)
        job = sampling.start(project=target, parameters=parameters)
        transaction.on_commit(lambda: tasks.send(job))
    if wait:
        _follow(job)
    return tell(job)


def _follow(job: Job) -> None:
    with Progress() as beat:
        while job.state in LIVE:
            beat(job.done, max(job.total, 1), job.message or "Waiting for a worker")
            time.sleep(following.POLL_SECONDS)
            job.refresh_from_db()
    if job.state == Job.State.FAILED:
        raise CommandError(f"Sampling {job.pk} stopped: {job.message}")


def sentence(told: Sampling) -> str:
    """What became of it, on one line."""
    if told.state in LIVE:
        return f"Sampling {told.id}: {told.state}"
    counts = [f"{told.created:,} created", f"{told.duplicates:,} duplicates", f"{told.there:,} there already"]
    failed = [f"{each.count:,} {each.reason}" for each in told.failures]
    tokens = f"{told.prompt_tokens:,} + {told.completion_tokens:,} tokens"
    cost = "" if told.cost is None else f", cost {told.cost:.4f}"
    return f"Sampling {told.id}: {', '.join(counts + failed)}; {tokens}{cost}"
