import django.db.models.deletion
from django.db import migrations, models

RAISE = """
CREATE TRIGGER comment_lock_raises_version
  AFTER UPDATE OF locked_at, lock_reason ON comments_comment FOR EACH ROW
  WHEN ((OLD.locked_at, OLD.lock_reason) IS DISTINCT FROM (NEW.locked_at, NEW.lock_reason))
  EXECUTE FUNCTION comment_raises_version();
"""
RAISE_NOT = "DROP TRIGGER comment_lock_raises_version ON comments_comment;"


class Migration(migrations.Migration):
    """A branch can be hidden as a whole, and locked, which its cards show."""

    dependencies = [
        ("comments", "0012_pictures_of_members"),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="hidden_with",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                help_text="The comment with whose branch it was hidden, and comes back.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="comments.comment",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="locked_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Since then nobody can answer the comment, nor what is below it.",
                null=True,
                verbose_name="branch locked",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="lock_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=300, verbose_name="reason"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("locked_at__isnull", False)),
                fields=["tree_id"],
                name="comment_locked_branches",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("hidden_with__isnull", False)),
                fields=["hidden_with"],
                name="comment_hidden_with",
            ),
        ),
        migrations.RunSQL(RAISE, RAISE_NOT),
    ]
