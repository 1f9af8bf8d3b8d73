from django.db import migrations, models


class Migration(migrations.Migration):
    """The desk lists what was withdrawn and what was edited without reading all that was not."""

    dependencies = [
        ("comments", "0017_cases_of_old"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.OrderBy(models.F("posted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("withdrawn_at__isnull", False)),
                name="comment_withdrawn",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.OrderBy(models.F("posted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("edited_at__isnull", False)),
                name="comment_edited",
            ),
        ),
    ]
