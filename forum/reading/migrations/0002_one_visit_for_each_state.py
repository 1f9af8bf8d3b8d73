from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Coming again before anything was added is no other place to set "new since" back to."""

    dependencies = [
        ("articles", "0004_version"),
        ("reading", "0001_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="visit",
            name="visit_newest",
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                fields=("member", "article", "last_number"), name="visit_once"
            ),
        ),
    ]
