"""Every hand-in pays for each check of a table it writes: PostgreSQL parses it anew in each statement.

Gone are those on what only LabelHub's own code sets. And a labeler's live lease is found among those they had.
"""

from importlib import import_module

from django.db import migrations, models

watch_again = import_module("labelhub.migrations.0005_no_index_twice").watch_again


class Migration(migrations.Migration):

    dependencies = [
        ('labelhub', '0020_labels_with_flagged_steps'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, watch_again),
        migrations.RemoveIndex(
            model_name='assignment',
            name='leases_of_a_labeler',
        ),
        migrations.AlterField(
            model_name='assignment',
            name='instructions_version',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='batchitem',
            name='labels_wanted',
            field=models.SmallIntegerField(),
        ),
        migrations.AlterField(
            model_name='batchitem',
            name='position',
            field=models.IntegerField(help_text='Order of serving.'),
        ),
        migrations.AlterField(
            model_name='batchitem',
            name='rank',
            field=models.IntegerField(help_text='Order of picking, from 1, within its scope and stratum.'),
        ),
        migrations.AlterField(
            model_name='label',
            name='instructions_version',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='label',
            name='phase',
            field=models.SmallIntegerField(default=2),
        ),
        migrations.AlterField(
            model_name='label',
            name='revision',
            field=models.IntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('state', 'leased')), fields=['labeler', 'leased_at'], name='leases_of_a_labeler'),
        ),
        migrations.RunPython(watch_again, migrations.RunPython.noop),
    ]
