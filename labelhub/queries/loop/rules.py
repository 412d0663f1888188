"""The rules on offer and the strata that they make, as selector names them."""

from dataclasses import dataclass
from typing import Annotated

from labelhub.models import BatchItem
from selector.selection.rules import RULES, Needs

NEEDS = [need.value for need in Needs]


@dataclass(frozen=True)
class OfferedRule:
    """A rule that a generation may pick by."""

    name: str
    description: str
    needs: Annotated[str, NEEDS, "Of the champion, to rank by: step_probs only a PRM gives."]
    strata: Annotated[list[str], "In the order in which it picks them."]


def offered() -> list[OfferedRule]:
    return [OfferedRule(name, rule.description, rule.needs, list(rule.strata)) for name, rule in RULES.items()]


def names() -> list[str]:
    return list(RULES)


def strata_of_rules() -> list[str]:
    return [stratum for rule in RULES.values() for stratum in rule.strata]


def strata_of_a_batch() -> list[str]:
    """In the order in which people read them: the rules' first."""
    return [*strata_of_rules(), *BatchItem.BESIDE_A_RULE]


def every_stratum() -> list[str]:
    """Of screening and of checks too."""
    return [*strata_of_rules(), *BatchItem.Stratum.values]
