import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The log says where a discussion went that was brought into another."""

    dependencies = [("articles", "0013_who_may_comment"), ("moderation", "0014_verbs")]

    operations = [
        migrations.AddField(
            model_name="logentry",
            name="into",
            field=models.ForeignKey(
                help_text="Where the discussion of the article went.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.article",
                verbose_name="into",
            ),
        ),
    ]
