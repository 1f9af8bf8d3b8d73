from django.db import migrations

COUNT = """
CREATE FUNCTION member_knows_upheld_flags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts_user SET flags_upheld = NEW.upheld
   WHERE id = NEW.member_id AND flags_upheld <> NEW.upheld;
  RETURN NULL;
END $$;
CREATE TRIGGER member_knows_upheld_flags AFTER INSERT OR UPDATE OF upheld ON flags_record
  FOR EACH ROW EXECUTE FUNCTION member_knows_upheld_flags();
UPDATE accounts_user SET flags_upheld = record.upheld FROM flags_record AS record
 WHERE record.member_id = accounts_user.id AND record.upheld > 0;
"""
UNCOUNT = """
DROP TRIGGER member_knows_upheld_flags ON flags_record;
DROP FUNCTION member_knows_upheld_flags();
"""


class Migration(migrations.Migration):
    """Upheld flags earn trust: their number stands on the member, where trust is counted."""

    dependencies = [("flags", "0001_first"), ("accounts", "0012_trust")]

    operations = [migrations.RunSQL(COUNT, UNCOUNT)]
