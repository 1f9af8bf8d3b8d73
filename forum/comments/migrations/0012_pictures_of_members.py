from django.db import migrations

MEMBERS = """
DROP TRIGGER member_raises_versions ON accounts_user;
CREATE TRIGGER member_raises_versions AFTER UPDATE ON accounts_user FOR EACH ROW
  WHEN ((OLD.username, OLD.display_name, OLD.biography, OLD.website, OLD.is_staff, OLD.avatar,
         OLD.pronouns)
    IS DISTINCT FROM (NEW.username, NEW.display_name, NEW.biography, NEW.website, NEW.is_staff,
         NEW.avatar, NEW.pronouns))
  EXECUTE FUNCTION member_raises_versions();
"""
MEMBERS_BEFORE = """
DROP TRIGGER member_raises_versions ON accounts_user;
CREATE TRIGGER member_raises_versions AFTER UPDATE ON accounts_user FOR EACH ROW
  WHEN ((OLD.username, OLD.display_name, OLD.biography, OLD.website, OLD.is_staff)
    IS DISTINCT FROM (NEW.username, NEW.display_name, NEW.biography, NEW.website, NEW.is_staff))
  EXECUTE FUNCTION member_raises_versions();
"""


class Migration(migrations.Migration):
    """Cards and author boxes show a member's picture and pronouns: these raise versions too."""

    dependencies = [("comments", "0011_drafts_of_edits"), ("accounts", "0008_profile")]

    operations = [migrations.RunSQL(MEMBERS, MEMBERS_BEFORE)]
