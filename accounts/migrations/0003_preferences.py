from django.db import migrations, models


class Migration(migrations.Migration):
    """What members choose once for all their visits."""

    dependencies = [("accounts", "0002_finding_members")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="preferences",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
