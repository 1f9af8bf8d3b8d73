from django.db import migrations, models


class Migration(migrations.Migration):
    """What a moderator gives back has a place of its own beside what is typed meanwhile."""

    dependencies = [("comments", "0022_badges_of_category_moderators")]

    operations = [
        migrations.AddField("draft", "returned", models.TextField(db_default="", default=""))
    ]
