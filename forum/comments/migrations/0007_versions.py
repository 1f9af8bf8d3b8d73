from django.db import migrations

COMMENTS = """
CREATE FUNCTION comment_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE articles_article SET version = version WHERE id IN (NEW.article_id, OLD.article_id);
  RETURN NULL;
END $$;
CREATE TRIGGER comment_change_raises_version
  AFTER UPDATE OF article_id, number, author_id, parent_id, html, posted_at, edited_at,
    withdrawn_at, hidden_at, hidden_reason, held_at, held_reason, like_count
  ON comments_comment FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION comment_raises_version();
CREATE TRIGGER comment_erasure_raises_version
  AFTER DELETE ON comments_comment FOR EACH ROW
  EXECUTE FUNCTION comment_raises_version();

-- By statement: an import inserts thousands at once.
CREATE FUNCTION comments_raise_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM raise_article_versions(ARRAY(SELECT DISTINCT article_id FROM posted));
  RETURN NULL;
END $$;
CREATE TRIGGER comments_posted_raise_versions
  AFTER INSERT ON comments_comment REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION comments_raise_versions();
"""
UNCOMMENTS = """
DROP TRIGGER comments_posted_raise_versions ON comments_comment;
DROP FUNCTION comments_raise_versions();
DROP TRIGGER comment_erasure_raises_version ON comments_comment;
DROP TRIGGER comment_change_raises_version ON comments_comment;
DROP FUNCTION comment_raises_version();
"""
MEMBERS = """
CREATE FUNCTION member_raises_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM raise_article_versions(ARRAY(
    SELECT id FROM articles_article WHERE author_id = NEW.id
    UNION SELECT article_id FROM comments_comment WHERE author_id = NEW.id
  ));
  RETURN NULL;
END $$;
CREATE TRIGGER member_raises_versions AFTER UPDATE ON accounts_user FOR EACH ROW
  WHEN ((OLD.username, OLD.display_name, OLD.biography, OLD.website, OLD.is_staff)
    IS DISTINCT FROM (NEW.username, NEW.display_name, NEW.biography, NEW.website, NEW.is_staff))
  EXECUTE FUNCTION member_raises_versions();
"""
UNMEMBERS = """
DROP TRIGGER member_raises_versions ON accounts_user;
DROP FUNCTION member_raises_versions();
"""


class Migration(migrations.Migration):
    """What raises the version of an article's page besides the article: its comments, and those
    who wrote there, when their name, address, author box or badge changes."""

    dependencies = [
        ("comments", "0006_likes"),
        ("articles", "0004_version"),
        ("accounts", "0002_finding_members"),
    ]

    operations = [
        migrations.RunSQL(COMMENTS, UNCOMMENTS),
        migrations.RunSQL(MEMBERS, UNMEMBERS),
    ]
