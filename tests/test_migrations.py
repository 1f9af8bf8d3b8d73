"""Migrations, on an empty database of their own: what they make of what was there before, and that
they can be taken back."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings

from forum.articles.models import Article, ArticleRevision
from forum.tags.models import FormerTag, Tag

WITH_TABLES = [
    app.label
    for app in apps.get_app_configs()
    if app.name.partition(".")[0] in ("forum", "accounts")
    and (Path(app.path) / "migrations").exists()
]
BEFORE = [("articles", "0001_first"), ("tags", "0002_former_tags")]


class ToScratch:
    """Functions of migrations, and these tests, ask for models without naming a database."""

    def db_for_read(self, model, **hints):
        return "scratch"

    db_for_write = db_for_read


@pytest.fixture(scope="module")
def scratch(django_db_setup, django_db_blocker):
    """An empty database beside that of the tests, and gone afterwards."""
    settings = connections["default"].settings_dict
    name = f"{settings['NAME']}_scratch"
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases["scratch"] = {**settings, "NAME": name}
        try:
            with override_settings(DATABASE_ROUTERS=[ToScratch()]):
                yield connections["scratch"]
        finally:
            connections["scratch"].close()
            del connections["scratch"], connections.databases["scratch"]
            cursor.execute(f'DROP DATABASE "{name}"')


SCHEMA = """
SELECT 'column', table_name || '.' || column_name, data_type || is_nullable
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'sequence', sequencename, data_type::text FROM pg_sequences
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
ORDER BY 1, 2, 3
"""


def schema(connection):
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return cursor.fetchall()


def migrate(connection, targets=None):
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())


@pytest.fixture(scope="module")
def of_the_queue(scratch):
    migrate(scratch, MigrationExecutor(scratch).loader.graph.leaf_nodes("procrastinate"))
    return schema(scratch)


@pytest.fixture(scope="module")
def from_before(scratch, of_the_queue):
    """Two articles and two tags that were there before the migrations that change them."""
    migrate(scratch, BEFORE)
    past = MigrationExecutor(scratch).loader.project_state(BEFORE).apps
    author = past.get_model("accounts", "User").objects.create(username="author")
    river, rivers = (
        past.get_model("tags", "Tag").objects.create(name=name, name_key=key, slug=key)
        for name, key in (("river", "river"), ("Rivers", "rivers"))
    )
    article, other = (
        past.get_model("articles", "Article").objects.create(
            author=author, headline=slug, slug=slug, text="From before."
        )
        for slug in ("one", "other")
    )
    article.tags.add(river, rivers)
    other.tags.add(rivers)
    migrate(scratch)
    return author, article, other


def test_articles_from_before_get_their_text_as_first_revision(from_before):
    author, article, _other = from_before
    revision = ArticleRevision.objects.get(article_id=article.pk)
    assert (revision.text, revision.saved_by_id, revision.saved_at) == (
        "From before.",
        author.pk,
        article.created_at,
    )


def test_near_duplicates_from_before_are_merged(from_before):
    tag = Tag.objects.get()
    assert (tag.name, tag.name_key) == ("Rivers", "river")
    assert set(tag.articles.all()) == set(Article.objects.all())
    assert FormerTag.objects.get().slug == "river"


def test_migrations_reverse_and_leave_nothing(scratch, of_the_queue, from_before):
    migrate(scratch, [(label, None) for label in WITH_TABLES])
    left = [name for kind, name, what in schema(scratch) if (kind, name, what) not in of_the_queue]
    assert [name for name in left if not name.startswith(("auth_", "django_"))] == []
