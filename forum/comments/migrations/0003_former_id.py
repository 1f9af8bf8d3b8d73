from django.db import migrations, models


class Migration(migrations.Migration):
    """The number a comment had on the site it came from, which links made there name."""

    dependencies = [("comments", "0002_places")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="former_id",
            field=models.BigIntegerField(
                editable=False,
                help_text="Its number on the site it came from, which links made there name.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("former_id__isnull", False)),
                fields=["former_id"],
                name="comment_former_id",
            ),
        ),
    ]
