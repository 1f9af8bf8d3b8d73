from django.db import migrations

FORWARDS = """
UPDATE comments_comment SET former_id = legacy_id
  FROM imports_importedcomment WHERE comment_id = comments_comment.id
"""
BACKWARDS = """
INSERT INTO imports_importedcomment (source, legacy_id, comment_id)
SELECT source, former_id, comments_comment.id
  FROM comments_comment JOIN imports_importedarticle USING (article_id)
 WHERE former_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """Comments keep their former numbers themselves: a page needs them with every comment."""

    dependencies = [("imports", "0001_first"), ("comments", "0003_former_id")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.DeleteModel("ImportedComment"),
    ]
