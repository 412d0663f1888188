"""A label made over HTTP says `simulated` where the account is a program's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labelhub", "0002_labels_are_immutable")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="simulated",
            field=models.BooleanField(
                default=False, help_text="Rates by a program: its labels say `simulated`, not `human`."
            ),
        )
    ]
