import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RAISE = """
CREATE FUNCTION raise_author_versions(people bigint[]) RETURNS void LANGUAGE sql AS $$
  -- One transaction at a time: those who write with each other would wait for each other.
  SELECT pg_advisory_xact_lock('articles_authorversion'::regclass::bigint);
  INSERT INTO articles_authorversion AS kept (author_id)
  SELECT DISTINCT person FROM unnest(people) AS person WHERE person IS NOT NULL
  ON CONFLICT (author_id) DO UPDATE SET version = kept.version + 1;
$$;

CREATE FUNCTION article_raises_author_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM raise_author_versions(ARRAY[NEW.author_id, OLD.author_id] || ARRAY(
    SELECT user_id FROM articles_article_co_authors
     WHERE article_id = coalesce(NEW.id, OLD.id)));
  RETURN NULL;
END $$;
CREATE TRIGGER article_raises_author_versions AFTER INSERT ON articles_article
  FOR EACH ROW WHEN (NEW.published_at IS NOT NULL)
  EXECUTE FUNCTION article_raises_author_versions();
CREATE TRIGGER article_end_raises_author_versions AFTER DELETE ON articles_article
  FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION article_raises_author_versions();
CREATE TRIGGER article_change_raises_author_versions
  AFTER UPDATE OF published_at, author_id ON articles_article FOR EACH ROW
  WHEN ((OLD.published_at, OLD.author_id) IS DISTINCT FROM (NEW.published_at, NEW.author_id))
  EXECUTE FUNCTION article_raises_author_versions();

CREATE FUNCTION co_author_raises_author_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM articles_article WHERE published_at IS NOT NULL
              AND id IN (NEW.article_id, OLD.article_id)) THEN
    PERFORM raise_author_versions(ARRAY[NEW.user_id, OLD.user_id]);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER co_author_raises_author_versions
  AFTER INSERT OR UPDATE OR DELETE ON articles_article_co_authors
  FOR EACH ROW EXECUTE FUNCTION co_author_raises_author_versions();
"""
UNRAISE = """
DROP TRIGGER co_author_raises_author_versions ON articles_article_co_authors;
DROP FUNCTION co_author_raises_author_versions();
DROP TRIGGER article_change_raises_author_versions ON articles_article;
DROP TRIGGER article_end_raises_author_versions ON articles_article;
DROP TRIGGER article_raises_author_versions ON articles_article;
DROP FUNCTION article_raises_author_versions();
DROP FUNCTION raise_author_versions(bigint[]);
"""


class Migration(migrations.Migration):
    """A version of each author's pieces, so that a page which says how many there are can be kept
    without counting them each time it is read.

    Deleting an article deletes its row among its co-authors first, which raises theirs.
    """

    dependencies = [
        ("articles", "0011_sent_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthorVersion",
            fields=[
                (
                    "author",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.PositiveBigIntegerField(db_default=1, default=1)),
            ],
        ),
        migrations.RunSQL(RAISE, UNRAISE),
    ]
