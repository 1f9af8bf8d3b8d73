import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Comments of which nobody was told yet, so that one job tells of many."""

    dependencies = [
        ("comments", "0025_origins"),
    ]

    operations = [
        migrations.CreateModel(
            name="Untold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="comments.comment",
                    ),
                ),
            ],
        ),
    ]
