from django.db import migrations

MAKE = """
INSERT INTO comments_case (
  comment_id, opened_at, is_held, is_withdrawn, is_newcomers, flag_count, flag_weight, reach,
  decided_at, verdict
)
SELECT id, coalesce(held_at, hidden_at), held_at IS NOT NULL, withdrawn_at IS NOT NULL, false, 0, 0,
  number, hidden_at, CASE WHEN hidden_at IS NULL THEN '' ELSE 'hidden' END
FROM comments_comment
WHERE held_at IS NOT NULL OR hidden_at IS NOT NULL
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """Comments that are held or hidden already have their cases."""

    dependencies = [("comments", "0016_cases_follow_comments")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
