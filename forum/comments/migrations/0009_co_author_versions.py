from django.db import migrations

MEMBERS = """
CREATE OR REPLACE FUNCTION member_raises_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM raise_article_versions(ARRAY(
    SELECT id FROM articles_article WHERE author_id = NEW.id
    UNION SELECT article_id FROM articles_article_co_authors WHERE user_id = NEW.id
    UNION SELECT article_id FROM comments_comment WHERE author_id = NEW.id
  ));
  RETURN NULL;
END $$;
"""
MEMBERS_BEFORE = """
CREATE OR REPLACE FUNCTION member_raises_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM raise_article_versions(ARRAY(
    SELECT id FROM articles_article WHERE author_id = NEW.id
    UNION SELECT article_id FROM comments_comment WHERE author_id = NEW.id
  ));
  RETURN NULL;
END $$;
"""
CO_AUTHORS = """
CREATE TRIGGER co_author_raises_version
  AFTER INSERT OR UPDATE OR DELETE ON articles_article_co_authors
  FOR EACH ROW EXECUTE FUNCTION filing_raises_version();
"""
UNCO_AUTHORS = "DROP TRIGGER co_author_raises_version ON articles_article_co_authors;"


class Migration(migrations.Migration):
    """Those who wrote an article with its author raise its version as the author does."""

    dependencies = [
        ("comments", "0008_like_counts"),
        ("articles", "0010_co_authors_and_review"),
    ]

    operations = [
        migrations.RunSQL(CO_AUTHORS, UNCO_AUTHORS),
        migrations.RunSQL(MEMBERS, MEMBERS_BEFORE),
    ]
