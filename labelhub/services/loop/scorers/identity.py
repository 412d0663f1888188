"""The model behind a checkpoint stays the same model: scores of different models are never compared."""

from django.db import transaction

from labelhub.errors import ScorerChanged
from labelhub.models import Checkpoint
from selector.prm.identity import DifferentModels, Identity, require_same


@transaction.atomic
def recognise(*, checkpoint: Checkpoint, found: Identity) -> None:
    """Keep the model's identity at its first use, and compare it ever after. Raises ScorerChanged."""
    locked = Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)
    if not locked.identity:
        Checkpoint.objects.filter(pk=locked.pk).update(identity=found.as_dict())
        return
    try:
        require_same(Identity.from_dict(locked.identity), found)
    except DifferentModels as error:
        raise ScorerChanged(f"{error} Add the new model as a checkpoint of its own.") from error
