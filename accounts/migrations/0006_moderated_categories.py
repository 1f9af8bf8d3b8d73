import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_unread_notifications"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="moderated_categories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                default=list,
                editable=False,
                help_text="Keys of the only categories whose discussions they moderate.",
                size=None,
            ),
        ),
    ]
