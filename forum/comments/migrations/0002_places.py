from django.db import migrations

SEQUENCE = "CREATE SEQUENCE comments_tree_id_seq OWNED BY comments_comment.tree_id"
SAME_DISCUSSION = """
ALTER TABLE comments_comment
  ADD CONSTRAINT comment_parent_in_same_thread
  FOREIGN KEY (article_id, tree_id, parent_id)
  REFERENCES comments_comment (article_id, tree_id, id)
  DEFERRABLE INITIALLY DEFERRED
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
    ]
