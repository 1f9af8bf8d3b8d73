from django.db import migrations

COUNTS = """
CREATE FUNCTION likes_keep_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  step integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  touched bigint[] := ARRAY(SELECT comment_id FROM changed);
BEGIN
  -- The articles' rows first, in order of their key, as everybody takes them.
  PERFORM FROM articles_article
    WHERE id IN (SELECT article_id FROM comments_comment WHERE id = ANY(touched))
    ORDER BY id FOR NO KEY UPDATE;
  UPDATE comments_comment AS comment SET like_count = like_count + step * by_comment.number
    FROM (SELECT comment_id, count(*)::integer AS number FROM changed GROUP BY 1) AS by_comment
    WHERE comment.id = by_comment.comment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER likes_given_count AFTER INSERT ON comments_like
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION likes_keep_counts();
CREATE TRIGGER likes_taken_count AFTER DELETE ON comments_like
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION likes_keep_counts();
"""
UNCOUNTS = """
DROP TRIGGER likes_taken_count ON comments_like;
DROP TRIGGER likes_given_count ON comments_like;
DROP FUNCTION likes_keep_counts();
"""


class Migration(migrations.Migration):
    """A comment's number of likes is kept by the database: it stays right also when a member is
    erased with all they liked."""

    dependencies = [("comments", "0007_versions")]

    operations = [migrations.RunSQL(COUNTS, UNCOUNTS)]
