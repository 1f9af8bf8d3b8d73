from django.db import migrations

FOLLOW = """
CREATE FUNCTION case_follows_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.held_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.held_at IS NULL) THEN
    INSERT INTO comments_case AS known (
      comment_id, opened_at, is_held, is_withdrawn, is_newcomers, flag_count, flag_weight, reach,
      verdict
    ) VALUES (
      NEW.id, NEW.held_at, true, NEW.withdrawn_at IS NOT NULL, false, 0, 0, NEW.number, ''
    ) ON CONFLICT (comment_id) DO UPDATE SET
      is_held = true, decided_at = NULL, decided_by_id = NULL, verdict = '',
      opened_at = CASE WHEN known.decided_at IS NULL THEN known.opened_at
        ELSE excluded.opened_at END;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE comments_case
      SET is_held = NEW.held_at IS NOT NULL, is_withdrawn = NEW.withdrawn_at IS NOT NULL
      WHERE comment_id = NEW.id AND (is_held, is_withdrawn)
        IS DISTINCT FROM (NEW.held_at IS NOT NULL, NEW.withdrawn_at IS NOT NULL);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER case_of_comment_held AFTER INSERT ON comments_comment
  FOR EACH ROW WHEN (NEW.held_at IS NOT NULL) EXECUTE FUNCTION case_follows_comment();
CREATE TRIGGER case_follows_comment AFTER UPDATE OF held_at, withdrawn_at ON comments_comment
  FOR EACH ROW WHEN ((OLD.held_at, OLD.withdrawn_at) IS DISTINCT FROM (NEW.held_at, NEW.withdrawn_at))
  EXECUTE FUNCTION case_follows_comment();
"""
UNFOLLOW = """
DROP TRIGGER case_follows_comment ON comments_comment;
DROP TRIGGER case_of_comment_held ON comments_comment;
DROP FUNCTION case_follows_comment();
"""


class Migration(migrations.Migration):
    """A comment that is held has a case, whoever holds it, and the case knows when it is held or
    withdrawn no more."""

    dependencies = [("comments", "0015_cases")]

    operations = [migrations.RunSQL(FOLLOW, UNFOLLOW)]
