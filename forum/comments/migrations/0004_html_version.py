from django.db import migrations, models


class Migration(migrations.Migration):
    """Which engine made the stored HTML; 0 stands for the time before it was kept."""

    dependencies = [("comments", "0003_former_id")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="html_version",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="commentrevision",
            name="html_version",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
