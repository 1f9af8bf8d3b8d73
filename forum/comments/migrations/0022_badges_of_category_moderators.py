from django.db import migrations

TRIGGER = """
DROP TRIGGER member_raises_versions ON accounts_user;
CREATE TRIGGER member_raises_versions AFTER UPDATE ON accounts_user FOR EACH ROW
  WHEN ((OLD.username, OLD.display_name, OLD.biography, OLD.website, OLD.is_staff, OLD.avatar,
         OLD.pronouns{old})
    IS DISTINCT FROM (NEW.username, NEW.display_name, NEW.biography, NEW.website, NEW.is_staff,
         NEW.avatar, NEW.pronouns{new}))
  EXECUTE FUNCTION member_raises_versions();
"""


class Migration(migrations.Migration):
    """Cards show who moderates the categories of the article: that raises versions too."""

    dependencies = [
        ("comments", "0021_flags_and_findings_follow"),
        ("accounts", "0006_moderated_categories"),
    ]

    operations = [
        migrations.RunSQL(
            TRIGGER.format(old=", OLD.moderated_categories", new=", NEW.moderated_categories"),
            TRIGGER.format(old="", new=""),
        )
    ]
