from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0012_appeal_verbs")]

    operations = [
        migrations.AddField(
            model_name="sweep",
            name="is_spam",
            field=models.BooleanField(
                default=False,
                help_text="The classifier learned that what it hid is spam.",
            ),
        ),
    ]
