from django.db import migrations

FLAGS = """
CREATE FUNCTION comment_knows_open_flags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comments_comment SET open_flags = NEW.flag_count
   WHERE id = NEW.comment_id AND open_flags <> NEW.flag_count;
  RETURN NULL;
END $$;
CREATE TRIGGER comment_knows_open_flags AFTER INSERT OR UPDATE OF flag_count ON comments_case
  FOR EACH ROW EXECUTE FUNCTION comment_knows_open_flags();
UPDATE comments_comment SET open_flags = waiting.flag_count FROM comments_case AS waiting
 WHERE waiting.comment_id = comments_comment.id AND waiting.flag_count > 0;
"""
UNFLAGS = """
DROP TRIGGER comment_knows_open_flags ON comments_case;
DROP FUNCTION comment_knows_open_flags();
"""
FINDINGS = """
CREATE FUNCTION comment_settles_findings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comments_finding SET settled_at = clock_timestamp()
   WHERE comment_id = NEW.id AND settled_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER comment_settles_findings
  AFTER UPDATE OF held_at, hidden_at, withdrawn_at ON comments_comment FOR EACH ROW
  WHEN (OLD.held_at IS NOT NULL AND (NEW.held_at IS NULL OR NEW.hidden_at IS NOT NULL
    OR NEW.withdrawn_at IS NOT NULL))
  EXECUTE FUNCTION comment_settles_findings();
"""
UNFINDINGS = """
DROP TRIGGER comment_settles_findings ON comments_comment;
DROP FUNCTION comment_settles_findings();
"""


class Migration(migrations.Migration):
    """A comment knows how many flags wait on it, for who answers below; and what was found in it
    is settled when it is let out, hidden or withdrawn, by whatever door."""

    dependencies = [("comments", "0020_weigh_members")]

    operations = [migrations.RunSQL(FLAGS, UNFLAGS), migrations.RunSQL(FINDINGS, UNFINDINGS)]
