"""A project chooses how it trains; those that named a base model taught all of its weights."""

from django.db import migrations, models


def name_the_way(apps, schema_editor):
    apps.get_model("labelhub", "Project").objects.exclude(base_model="").update(way="full")


class Migration(migrations.Migration):

    dependencies = [
        ("labelhub", "0022_scorers_from_elsewhere"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="training",
            field=models.JSONField(blank=True, default=dict, help_text="Settings of training that differ from the way's own, by name."),
        ),
        migrations.AddField(
            model_name="project",
            name="way",
            field=models.CharField(choices=[("embedded", "The built-in small model, which needs no base."), ("frozen", "A head on what a base model makes of each step."), ("lora", "Low-rank adapters beside a base model."), ("full", "All weights of a base model.")], default="embedded", help_text="How checkpoints are trained.", max_length=8),
        ),
        migrations.AlterField(
            model_name="project",
            name="base_model",
            field=models.CharField(blank=True, help_text="Hub id or local directory to train from; empty for the embedded way.", max_length=300),
        ),
        migrations.RunPython(name_the_way, migrations.RunPython.noop),
    ]
