from django.db import migrations, models


class Migration(migrations.Migration):
    """A picture of one's own, and pronouns."""

    dependencies = [("accounts", "0007_role_groups")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="avatar",
            field=models.CharField(
                blank=True, editable=False, max_length=100, verbose_name="picture"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="pronouns",
            field=models.CharField(
                blank=True,
                help_text="How others speak of you, as you like.",
                max_length=30,
                verbose_name="pronouns",
            ),
        ),
    ]
