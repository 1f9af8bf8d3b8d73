from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION comment_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {unless}UPDATE articles_article SET version = version WHERE id IN (NEW.article_id, OLD.article_id);
  RETURN NULL;
END $$;
"""
UNLESS = """IF current_setting('rejoinder.moving_comments', true) = 'yes' THEN
    RETURN NULL;
  END IF;
  """


class Migration(migrations.Migration):
    """Thousands of comments that are moved at once raise the versions of their articles once: the
    statement that moves them says so, and raises them itself."""

    dependencies = [("comments", "0023_returned_texts")]

    operations = [
        migrations.RunSQL(FUNCTION.format(unless=UNLESS), FUNCTION.format(unless="")),
    ]
