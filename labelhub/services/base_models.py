"""Which models may be loaded, to train from or to score with: those that BASE_MODELS lists, and no others.

An unlisted name gets the same answer whether it exists or not: nobody learns what lies on the server's disk, and
nobody loads a file that the deployment didn't mean.
"""

from django.conf import settings

from labelhub.errors import Invalid

NONE = "This site lists no model that may be loaded: its administrator adds hub ids or directories to BASE_MODELS."


def check(name: str, *, field: str) -> None:
    """Raise Invalid, naming the field, unless the deployment lists the model by exactly this name."""
    if name not in settings.BASE_MODELS:
        listed = ", ".join(settings.BASE_MODELS)
        sentence = f"A model is one that BASE_MODELS lists: {listed}." if listed else NONE
        raise Invalid(sentence, fields={field: [sentence]})
