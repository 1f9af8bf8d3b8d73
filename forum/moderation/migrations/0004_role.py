from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0003_redaction"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logentry",
            name="verb",
            field=models.CharField(
                choices=[
                    ("hide", "hid a comment"),
                    ("restore", "restored a comment"),
                    ("lock", "locked a discussion"),
                    ("unlock", "unlocked a discussion"),
                    ("ban", "banned a member"),
                    ("unban", "lifted a ban"),
                    ("move", "moved a comment"),
                    ("redact", "took the words out of an earlier text"),
                    ("role", "gave a role"),
                ],
                max_length=20,
                verbose_name="act",
            ),
        ),
    ]
