from django.db import migrations

RAISE = """
CREATE SEQUENCE screening_rule_versions;
CREATE FUNCTION rules_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO screening_ruleversion (id, version) VALUES (1, nextval('screening_rule_versions'))
  ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
  RETURN NULL;
END $$;
CREATE TRIGGER rules_raise_version
  AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON screening_rule
  FOR EACH STATEMENT EXECUTE FUNCTION rules_raise_version();
"""
UNRAISE = """
DROP TRIGGER rules_raise_version ON screening_rule;
DROP FUNCTION rules_raise_version();
DROP SEQUENCE screening_rule_versions;
"""


class Migration(migrations.Migration):
    """The version of the rules, raised by the database with every change of one. It comes from a
    sequence, so that no number ever stands for two sets of rules, whatever is rolled back."""

    dependencies = [("screening", "0001_first")]

    operations = [migrations.RunSQL(RAISE, UNRAISE)]
