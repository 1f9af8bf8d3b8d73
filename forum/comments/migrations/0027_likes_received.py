import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SEEN = """
CREATE FUNCTION likes_seen(comment comments_comment) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN num_nonnulls(comment.withdrawn_at, comment.hidden_at, comment.held_at) = 0
              THEN comment.like_count ELSE 0 END
$$;
"""
COUNTS = """
-- Whoever changes what is seen of a discussion, or likes there, holds its article's row.
CREATE FUNCTION likes_received_add(who bigint, in_article bigint, more integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comments_likesreceived SET likes = likes + more
   WHERE (author_id, article_id) = (who, in_article);
  IF NOT FOUND THEN
    INSERT INTO comments_likesreceived (author_id, article_id, likes)
      VALUES (who, in_article, more);
  END IF;
END $$;
CREATE FUNCTION comment_counts_likes_received() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before integer := CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE likes_seen(OLD) END;
  after integer := CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE likes_seen(NEW) END;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.author_id, OLD.article_id) = (NEW.author_id, NEW.article_id) THEN
    PERFORM likes_received_add(NEW.author_id, NEW.article_id, after - before);
    RETURN NULL;
  END IF;
  IF before > 0 THEN
    PERFORM likes_received_add(OLD.author_id, OLD.article_id, -before);
  END IF;
  IF after > 0 THEN
    PERFORM likes_received_add(NEW.author_id, NEW.article_id, after);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER likes_received_of_changed AFTER UPDATE ON comments_comment FOR EACH ROW
  WHEN ((OLD.like_count > 0 OR NEW.like_count > 0) AND
    (OLD.author_id, OLD.article_id, likes_seen(OLD)) IS DISTINCT FROM
    (NEW.author_id, NEW.article_id, likes_seen(NEW)))
  EXECUTE FUNCTION comment_counts_likes_received();
CREATE TRIGGER likes_received_of_new AFTER INSERT ON comments_comment FOR EACH ROW
  WHEN (NEW.like_count > 0) EXECUTE FUNCTION comment_counts_likes_received();
CREATE TRIGGER likes_received_of_gone AFTER DELETE ON comments_comment FOR EACH ROW
  WHEN (OLD.like_count > 0) EXECUTE FUNCTION comment_counts_likes_received();
"""
COUNTS_NOT = """
DROP TRIGGER likes_received_of_gone ON comments_comment;
DROP TRIGGER likes_received_of_new ON comments_comment;
DROP TRIGGER likes_received_of_changed ON comments_comment;
DROP FUNCTION comment_counts_likes_received();
DROP FUNCTION likes_received_add(bigint, bigint, integer);
"""
COUNTED = """
INSERT INTO comments_likesreceived (author_id, article_id, likes)
  SELECT author_id, article_id, sum(likes_seen(comment)) FROM comments_comment AS comment
   WHERE likes_seen(comment) > 0
   GROUP BY author_id, article_id;
"""


class Migration(migrations.Migration):
    """How often others like what a member said in a discussion, kept by the database, so that the
    member's page need not add it up from every comment."""

    dependencies = [
        ("comments", "0026_untold"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LikesReceived",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("likes", models.PositiveIntegerField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likes_received",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("author", "article"), name="likes_received_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(SEEN, "DROP FUNCTION likes_seen(comments_comment);"),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
        migrations.RunSQL(COUNTS, COUNTS_NOT),
    ]
