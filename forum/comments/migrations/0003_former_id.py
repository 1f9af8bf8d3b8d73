from django.db import migrations, models


class Migration(migrations.Migration):
    """The number a comment had on the site it came from, for the anchors of old links."""

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
    ]
