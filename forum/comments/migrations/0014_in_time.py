from django.db import migrations, models


class Migration(migrations.Migration):
    """A discussion can be read as it was said also where comments came from another."""

    dependencies = [
        ("comments", "0013_branches"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["article", "posted_at", "number"], name="comment_in_time"),
        ),
    ]
