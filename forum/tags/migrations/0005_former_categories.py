import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where a category was before it was renamed leads to it."""

    dependencies = [("tags", "0004_former_names")]

    operations = [
        migrations.CreateModel(
            name="FormerCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(allow_unicode=True, max_length=60, unique=True)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former",
                        to="tags.category",
                    ),
                ),
            ],
        ),
    ]
