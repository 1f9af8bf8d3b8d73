from django.db import migrations, models


class Migration(migrations.Migration):
    """What it means that an account is open is said in words of this site's own."""

    dependencies = [
        ("accounts", "0012_trust"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="is_active",
            field=models.BooleanField(
                default=True,
                help_text="Closed, nobody signs in to it and its open sessions end; what it wrote "
                "stays, and so do its name and address. An account is erased by its member, under "
                "Your words.",
                verbose_name="open",
            ),
        ),
    ]
