"""Jobs, and imports as one kind of them, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Job, Problem
from labelhub.services.data.importing import FORMATS

UNREAD = "Lines by the name of each field that nothing here reads; new rows keep it as it came."
OLDER = "Null where an older version made the import."


class JobSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Job.Kind.choices)
    state = serializers.ChoiceField(choices=Job.State.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 while it isn't known.")
    rate = serializers.FloatField(allow_null=True, help_text="Done per second, while it runs.")
    seconds_left = serializers.FloatField(allow_null=True)
    message = serializers.CharField(help_text="What it is doing, or the sentence why it failed.")
    attempt = serializers.IntegerField()


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="JSON Lines, UTF-8.")
    format = serializers.ChoiceField(choices=FORMATS, default="auto", help_text="`auto` goes by the fields.")
    split = serializers.ChoiceField(
        choices=Problem.Split.choices, allow_null=True, default=None, help_text="Left out: by the rows, else by hash."
    )


class RejectionSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="From 1.")
    reason = serializers.CharField()


class ReasonOfManySerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(help_text="What the sentences have in common; … where they differ.")
    count = serializers.IntegerField(help_text="Lines.")
    lines = serializers.ListField(child=serializers.IntegerField(), help_text="The first of them, from 1.")


class ImportCheckSerializer(serializers.Serializer[Any]):
    lines = serializers.IntegerField(help_text="Lines that were looked at, blank ones left out.")
    formats = serializers.DictField(child=serializers.IntegerField(), help_text="Lines by the format they are in.")
    created = serializers.DictField(child=serializers.IntegerField(), help_text="Rows that would be created, by kind.")
    created_lines = serializers.IntegerField(help_text="Lines that would create a row.")
    merged = serializers.IntegerField(help_text="Lines that an existing problem would take something from.")
    skipped = serializers.IntegerField(help_text="Lines that would say nothing new.")
    waiting = serializers.IntegerField(help_text="Lines that name a problem which isn't there yet.")
    rejected = serializers.IntegerField()
    rejections = RejectionSerializer(many=True)
    reasons = ReasonOfManySerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    unread = serializers.DictField(child=serializers.IntegerField(), help_text=UNREAD)


class ImportSerializer(JobSerializer):
    filename = serializers.CharField()
    format = serializers.ChoiceField(choices=FORMATS)
    split = serializers.ChoiceField(choices=Problem.Split.choices, allow_null=True)
    created = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows by kind: problems, solutions, labels, alternatives."
    )
    lines = serializers.IntegerField(
        allow_null=True, help_text=f"created_lines + merged + skipped + rejected, so far. {OLDER}"
    )
    created_lines = serializers.IntegerField(allow_null=True, help_text=f"Lines that created a row. {OLDER}")
    merged = serializers.IntegerField(
        allow_null=True,
        help_text="Lines of a problem that was there and took a split, an answer, a solution or another id from them. "
        + OLDER,
    )
    skipped = serializers.IntegerField(help_text="Lines that said nothing new.")
    rejected = serializers.IntegerField(help_text="Lines turned away.")
    rejections = RejectionSerializer(many=True)
    more = serializers.IntegerField(help_text="Rejected lines beyond those told.")
    reasons = ReasonOfManySerializer(many=True, help_text="Of all rejected lines, the most frequent first.")
    rejected_kept = serializers.BooleanField(help_text="The rejected lines can be fetched.")
    notes = serializers.ListField(child=serializers.CharField())
    unread = serializers.DictField(child=serializers.IntegerField(), help_text=UNREAD)
    created_at = serializers.DateTimeField()
