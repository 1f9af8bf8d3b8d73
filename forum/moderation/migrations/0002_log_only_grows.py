from django.db import migrations

REFUSE = """
CREATE FUNCTION moderation_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The moderation log only grows.';
END $$;
CREATE TRIGGER moderation_log_only_grows
  BEFORE UPDATE OR DELETE ON moderation_logentry
  FOR EACH ROW EXECUTE FUNCTION moderation_log_refuse();
"""
ALLOW = """
DROP TRIGGER moderation_log_only_grows ON moderation_logentry;
DROP FUNCTION moderation_log_refuse();
"""


class Migration(migrations.Migration):
    """No door of the site, nor a mistake in it, can change what moderators did."""

    dependencies = [("moderation", "0001_first")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
