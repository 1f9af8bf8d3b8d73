from django.db import migrations

SEQUENCE = "CREATE SEQUENCE comments_tree_id_seq OWNED BY comments_comment.tree_id"
SAME_DISCUSSION = """
ALTER TABLE comments_comment
  ADD CONSTRAINT comment_parent_in_same_thread
  FOREIGN KEY (article_id, tree_id, parent_id)
  REFERENCES comments_comment (article_id, tree_id, id)
  DEFERRABLE INITIALLY DEFERRED
"""
# A constraint trigger, because MPTT moves a comment in several statements and a CHECK cannot wait.
ROOT_IS_A_THREAD = """
CREATE FUNCTION comment_root_is_a_thread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM comments_comment
              WHERE id = NEW.id AND (parent_id IS NULL) <> (level = 0)) THEN
    RAISE EXCEPTION 'comment % has a level that does not agree with its parent', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'comment_root_is_a_thread';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER comment_root_is_a_thread
  AFTER INSERT OR UPDATE OF parent_id, level ON comments_comment
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION comment_root_is_a_thread();
"""


class Migration(migrations.Migration):
    """What Django's models cannot say: where tree ids come from, and that a parent is of the same
    article and thread as its answer. Deferred, because moving a branch changes many rows."""

    dependencies = [("comments", "0001_first")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE comments_tree_id_seq"),
        migrations.RunSQL(
            SAME_DISCUSSION,
            "ALTER TABLE comments_comment DROP CONSTRAINT comment_parent_in_same_thread",
        ),
        migrations.RunSQL(
            ROOT_IS_A_THREAD,
            """
            DROP TRIGGER comment_root_is_a_thread ON comments_comment;
            DROP FUNCTION comment_root_is_a_thread();
            """,
        ),
    ]
