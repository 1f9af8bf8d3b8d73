from django.db import migrations, models

import forum.moderation.models


class Migration(migrations.Migration):
    """The log's verbs are asked of the code, so that a new one needs no migration."""

    dependencies = [
        ("moderation", "0013_sweeps_that_teach"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logentry",
            name="verb",
            field=models.CharField(
                choices=forum.moderation.models.verbs, max_length=20, verbose_name="act"
            ),
        ),
    ]
