"""Projects and their instructions on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.api.http.fields import MoneyField, ShareField, WholeField
from labelhub.models import Instructions, Membership, Project


class InstructionsTextSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    text = serializers.CharField()


class ProjectSerializer(serializers.ModelSerializer[Any]):
    # Declared and not left to the model: a column's range differs between the databases, and so would the schema.
    phase = serializers.IntegerField(help_text="2: whole solutions until the first mistake.")
    lease_seconds = serializers.IntegerField()
    labels_wanted = serializers.IntegerField()
    overlap_share = ShareField()
    promotion_margin = ShareField()
    gate_share = ShareField()
    test_share = ShareField()
    control_share = ShareField()
    audit_share = ShareField()
    screening_size = serializers.IntegerField()
    screening_bar = ShareField()
    screening_retakes = serializers.IntegerField()
    check_count = serializers.IntegerField()
    check_rate = ShareField()
    check_bar = ShareField()
    hourly_rate = serializers.SerializerMethodField(help_text="What an hour of labeling costs; labelers aren't told.")
    training = serializers.DictField(help_text="Settings of training that differ from the way's own, by name.")
    role = serializers.ChoiceField(choices=Membership.Role.choices, help_text="Yours in this project.")
    instructions = serializers.SerializerMethodField(help_text="The newest version.")
    champion = serializers.IntegerField(source="champion_number", allow_null=True, help_text="A checkpoint's number.")

    class Meta:
        model = Project
        fields = [
            "slug",
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
            "screening_size",
            "screening_bar",
            "screening_retakes",
            "check_count",
            "check_rate",
            "check_bar",
            "hourly_rate",
            "currency",
            "way",
            "base_model",
            "training",
            "role",
            "instructions",
            "champion",
        ]
        read_only_fields = fields  # an answer's keys are always there

    @extend_schema_field(MoneyField(allow_null=True))
    def get_hourly_rate(self, project: Any) -> float | None:
        told = project.role != Membership.Role.LABELER and project.hourly_rate is not None
        return float(project.hourly_rate) if told else None

    @extend_schema_field(InstructionsTextSerializer(allow_null=True))
    def get_instructions(self, project: Any) -> dict[str, Any] | None:
        if project.instructions_version is None:
            return None
        return {"version": project.instructions_version, "text": project.instructions_text}


class ProjectSettingsSerializer(serializers.Serializer[Any]):
    """What an operator may change; a field left out stays as it is."""

    name = serializers.CharField(max_length=200, required=False)
    phase = WholeField(min_value=1, max_value=2, required=False, help_text="2; phase 1 is refused.")
    metric = serializers.ChoiceField(choices=Project.Metric.choices, required=False)
    promotion_margin = ShareField(required=False)
    auto_advance = serializers.BooleanField(required=False)
    trains_elsewhere = serializers.BooleanField(required=False)
    lease_seconds = WholeField(min_value=10, max_value=7 * 24 * 3600, required=False)
    labels_wanted = WholeField(min_value=1, max_value=100, required=False)
    overlap_share = ShareField(required=False)
    gate_share = ShareField(required=False)
    test_share = ShareField(required=False)
    control_share = ShareField(required=False)
    audit_share = ShareField(required=False)
    way = serializers.ChoiceField(choices=Project.Way.choices, required=False, help_text="How checkpoints are trained.")
    base_model = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="One that BASE_MODELS lists; empty for embedded."
    )
    training = serializers.DictField(
        required=False, help_text="Settings of training that differ from the way's own, by name; see `training`."
    )
    screening_size = WholeField(min_value=1, max_value=1000, required=False)
    screening_bar = ShareField(required=False)
    screening_retakes = WholeField(max_value=100, required=False)
    check_count = WholeField(max_value=1000, required=False)
    check_rate = ShareField(required=False)
    check_bar = ShareField(
        required=False, help_text="Share of running checks to agree with: who is almost surely below it is paused."
    )
    hourly_rate = MoneyField(required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)


class NewProjectSerializer(ProjectSettingsSerializer):
    slug = serializers.SlugField(max_length=50)
    name = serializers.CharField(max_length=200)


class InstructionsSerializer(serializers.ModelSerializer[Instructions]):
    version = serializers.IntegerField()
    created_by = serializers.SerializerMethodField(help_text="Who wrote it.")

    class Meta:
        model = Instructions
        fields = ["version", "text", "created_by", "created_at"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_created_by(self, instructions: Instructions) -> str | None:
        return instructions.created_by.username if instructions.created_by else None


class NewInstructionsSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=100_000, trim_whitespace=False, help_text="Markdown.")
