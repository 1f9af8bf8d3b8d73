from django.db import migrations, models


class Migration(migrations.Migration):
    """Which pages an article links to in a paragraph of its own, and shows cards of."""

    dependencies = [("articles", "0002_html_version"), ("cards", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="link_cards",
            field=models.ManyToManyField(
                editable=False, related_name="articles", to="cards.linkcard"
            ),
        ),
    ]
