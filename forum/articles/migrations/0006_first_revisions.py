from django.db import migrations


class Migration(migrations.Migration):
    """The words that an article has become its first revision."""

    dependencies = [("articles", "0005_revisions")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO articles_articlerevision
                   (article_id, saved_by_id, saved_at, headline, standfirst, text, markup,
                    word_count, changed_words)
            SELECT id, author_id, coalesce(revised_at, created_at), headline, standfirst, text,
                   markup, word_count, true
              FROM articles_article
             WHERE id NOT IN (SELECT article_id FROM articles_articlerevision)
             ORDER BY id
            """,
            migrations.RunSQL.noop,
        )
    ]
