from django.db import migrations, models

RAISE = """
CREATE FUNCTION raise_article_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER article_version BEFORE UPDATE ON articles_article
  FOR EACH ROW EXECUTE FUNCTION raise_article_version();

-- Rows are taken in order of their key, as everybody does who needs more than one article.
CREATE FUNCTION raise_article_versions(articles bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM articles_article WHERE id = ANY(articles) ORDER BY id FOR NO KEY UPDATE;
  UPDATE articles_article SET version = version WHERE id = ANY(articles);
END $$;
"""
UNRAISE = """
DROP FUNCTION raise_article_versions(bigint[]);
DROP TRIGGER article_version ON articles_article;
DROP FUNCTION raise_article_version();
"""
HEADINGS = """
CREATE FUNCTION heading_raises_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE filed bigint[];
BEGIN
  EXECUTE format('SELECT array_agg(article_id) FROM articles_article_%s WHERE %s_id = $1',
                 TG_ARGV[0], TG_ARGV[1]) INTO filed USING NEW.id;
  PERFORM raise_article_versions(filed);
  RETURN NULL;
END $$;
CREATE TRIGGER category_raises_versions AFTER UPDATE ON tags_category FOR EACH ROW
  WHEN ((OLD.name, OLD.slug) IS DISTINCT FROM (NEW.name, NEW.slug))
  EXECUTE FUNCTION heading_raises_versions('categories', 'category');
CREATE TRIGGER tag_raises_versions AFTER UPDATE ON tags_tag FOR EACH ROW
  WHEN ((OLD.name, OLD.slug) IS DISTINCT FROM (NEW.name, NEW.slug))
  EXECUTE FUNCTION heading_raises_versions('tags', 'tag');

CREATE FUNCTION filing_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE articles_article SET version = version WHERE id = coalesce(NEW.article_id, OLD.article_id);
  RETURN NULL;
END $$;
CREATE TRIGGER category_filing_raises_version
  AFTER INSERT OR UPDATE OR DELETE ON articles_article_categories
  FOR EACH ROW EXECUTE FUNCTION filing_raises_version();
CREATE TRIGGER tag_filing_raises_version
  AFTER INSERT OR UPDATE OR DELETE ON articles_article_tags
  FOR EACH ROW EXECUTE FUNCTION filing_raises_version();
"""
UNHEADINGS = """
DROP TRIGGER tag_filing_raises_version ON articles_article_tags;
DROP TRIGGER category_filing_raises_version ON articles_article_categories;
DROP FUNCTION filing_raises_version();
DROP TRIGGER tag_raises_versions ON tags_tag;
DROP TRIGGER category_raises_versions ON tags_category;
DROP FUNCTION heading_raises_versions();
"""


class Migration(migrations.Migration):
    """The version of an article's page: whatever is kept of a page carries it, so a kept page is
    either right or not found.

    The database raises it, so that no door can forget to: with every change of the article's row
    (the counters of its discussion included), of what it is filed under, and of the names of
    those headings. What comments and members raise is in the migrations of `forum.comments`.
    """

    dependencies = [("articles", "0003_link_cards"), ("tags", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="version",
            field=models.PositiveBigIntegerField(
                default=1,
                editable=False,
                help_text="Raised by the database with every change that readers of the page "
                "can see.",
            ),
        ),
        migrations.RunSQL(RAISE, UNRAISE),
        migrations.RunSQL(HEADINGS, UNHEADINGS),
    ]
