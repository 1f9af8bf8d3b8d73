import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION keep_former_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO accounts_formername (member_id, name, key, given_up_at)
  VALUES (OLD.id, OLD.display_name, OLD.display_key, clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER former_name AFTER UPDATE OF display_name ON accounts_user FOR EACH ROW
  WHEN (OLD.display_name IS DISTINCT FROM NEW.display_name)
  EXECUTE FUNCTION keep_former_name();
"""
UNKEEP = """
DROP TRIGGER former_name ON accounts_user;
DROP FUNCTION keep_former_name();
"""


class Migration(migrations.Migration):
    """The names that members had before, kept by the database with every change of a name."""

    dependencies = [("accounts", "0008_profile")]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=240)),
                ("given_up_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("links_renewed_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_names",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key"], name="former_name_key"),
                    models.Index(
                        models.F("member"),
                        models.OrderBy(models.F("given_up_at"), descending=True),
                        name="former_name_newest",
                    ),
                    models.Index(
                        condition=models.Q(("links_renewed_at__isnull", True)),
                        fields=["id"],
                        name="former_name_links_to_renew",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
