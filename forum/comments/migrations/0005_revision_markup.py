from django.db import migrations, models

# What an import brought was HTML; whoever edited it since wrote Markdown.
FIRST_TEXTS_ARE_HTML = """
UPDATE comments_commentrevision revision SET markup = 'html'
  FROM comments_comment comment
 WHERE comment.id = revision.comment_id AND comment.markup = 'html'
   AND NOT EXISTS (SELECT FROM comments_commentrevision earlier
                    WHERE earlier.comment_id = revision.comment_id
                      AND earlier.written_at < revision.written_at);
UPDATE comments_comment SET markup = 'markdown'
 WHERE markup = 'html'
   AND EXISTS (SELECT FROM comments_commentrevision WHERE comment_id = comments_comment.id);
"""


class Migration(migrations.Migration):
    """An earlier text knows whether it is Markdown or HTML, so that it can be rendered again."""

    dependencies = [("comments", "0004_html_version")]

    operations = [
        migrations.AddField(
            model_name="commentrevision",
            name="markup",
            field=models.CharField(
                choices=[("markdown", "Markdown"), ("html", "HTML")],
                default="markdown",
                max_length=10,
            ),
        ),
        migrations.RunSQL(FIRST_TEXTS_ARE_HTML, migrations.RunSQL.noop),
    ]
