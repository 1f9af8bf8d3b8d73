from django.db import migrations, models


class Migration(migrations.Migration):
    """Which engine made the stored HTML; 0 stands for the time before it was kept."""

    dependencies = [("articles", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="html_version",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
