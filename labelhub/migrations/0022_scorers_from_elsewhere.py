"""A checkpoint may be a model that was not trained here; the rows that are there were."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('labelhub', '0021_fewer_checks_while_labeling'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='trains_elsewhere',
            field=models.BooleanField(default=False, help_text='A generation that closes waits for a checkpoint that is trained outside.'),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='identity',
            field=models.JSONField(default=dict, help_text='What tells it from another model of its name; scoring stops when it changes.'),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='name',
            field=models.CharField(blank=True, help_text='Of a model that was not trained here.', max_length=300),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='scorer',
            field=models.JSONField(default=dict, help_text='How a model that was not trained here is read: its style, endpoint and tokenizer.'),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='source',
            field=models.CharField(choices=[('trained', "Trained here, on the project's labels."), ('public', 'A published model, loaded from a directory or a model hub.'), ('served', 'A model behind HTTP, asked by the workers.'), ('imported', 'Scores that were computed elsewhere and came in by a file.')], default='trained', max_length=8),
        ),
        migrations.AlterField(
            model_name='checkpoint',
            name='state',
            field=models.CharField(choices=[('training', 'Being trained.'), ('trained', 'There, not yet evaluated.'), ('ready', 'Evaluated: may be promoted.'), ('failed', 'Training or evaluation failed.')], default='training', max_length=8),
        ),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('import', 'Reads a file.'), ('sample', 'Asks a language model.'), ('grade', 'Grades answers.'), ('score', 'Scores solutions.'), ('select', 'Picks the batch.'), ('train', 'Trains a checkpoint.'), ('evaluate', 'Measures a checkpoint.'), ('export', 'Writes labels to a file.'), ('scores', "Reads a checkpoint's scores from a file.")], max_length=10),
        ),
    ]
