from django.db import migrations

WEIGH = """
UPDATE accounts_user SET trust_level = CASE
  WHEN is_staff OR is_author OR is_editor THEN 3
  WHEN said.shown >= 25 AND date_joined <= now() - interval '14 days' THEN 2
  ELSE 1 END
FROM (
  SELECT author_id, count(*) AS shown FROM comments_comment
   WHERE withdrawn_at IS NULL AND hidden_at IS NULL AND held_at IS NULL GROUP BY author_id
) AS said
WHERE said.author_id = accounts_user.id AND banned_at IS NULL
  AND (is_staff OR is_author OR is_editor
       OR said.shown >= 3 AND date_joined <= now() - interval '1 day');
"""
FORGET = "UPDATE accounts_user SET trust_level = 0 WHERE trust_level > 0;"


class Migration(migrations.Migration):
    """Members that were here before levels of trust have what they earned."""

    dependencies = [("comments", "0019_findings_and_flags"), ("accounts", "0012_trust")]

    operations = [migrations.RunSQL(WEIGH, FORGET)]
