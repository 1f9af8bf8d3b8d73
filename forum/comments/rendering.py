"""Comments as stored HTML, made again from their texts and rows: when a comment that they answer
moves, when a member whom they name takes another name, and when the engine changes."""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from psycopg.sql import SQL, Identifier

from accounts.models import User
from forum import markup
from forum.articles.models import Article
from forum.comments import reply_links
from forum.comments.models import Comment, CommentRevision, Mention, ReplyLink
from forum.pagination import by_key
from forum.screening import trust

LINK_REL = "ugc nofollow noopener"


def redraw(comments: Sequence[Comment]) -> None:
    """Make the HTML of these comments again, with the reply links that their rows say and names
    and places of today; the words stay. The caller holds the rows of their articles."""
    _draw(comments, {comment.pk: _clean(comment)[0] for comment in comments})


def renumber(moved: Sequence[Comment], html: Mapping[int, str], *, source: Article) -> None:
    """Write the articles and numbers of comments that were moved out of `source`, and the HTML, by
    key, of those whose links lead elsewhere now. The caller holds the rows of their articles.

    Each row has indexes to keep, so it is written once; and the versions of the articles are raised
    once, not by each row (migration 0024), for which the row of an article would be written so
    often that PostgreSQL spends half of the time in finding its latest version.
    """
    places = {one.pk: (one.article_id, one.number) for one in moved}
    keys = sorted(places.keys() | html.keys())
    shown_in = {source.pk}
    with versions_raised_once(shown_in), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE comments_comment AS comment
               SET article_id = coalesce(now.article, article_id),
                   number = coalesce(now.number, comment.number),
                   html = coalesce(now.html, comment.html)
              FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[])
                   AS now (id, article, number, html)
             WHERE comment.id = now.id
            RETURNING article_id
            """,
            [
                keys,
                [places[pk][0] if pk in places else None for pk in keys],
                [places[pk][1] if pk in places else None for pk in keys],
                [html.get(pk) for pk in keys],
            ],
        )
        shown_in |= {pk for (pk,) in cursor.fetchall()}


@contextmanager
def versions_raised_once(articles: Collection[int]) -> Iterator[None]:
    """Within the block, comments that change raise no version of their articles; at its end those
    of `articles` are raised. The caller holds their rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rejoinder.moving_comments', 'yes', true)")
        yield
        cursor.execute("SELECT set_config('rejoinder.moving_comments', '', true)")
        cursor.execute("SELECT raise_article_versions(%s::bigint[])", [sorted(articles)])


def redraw_revisions(revisions: QuerySet[CommentRevision]) -> None:
    """The same for texts that comments had before."""
    whose = revisions.select_related("comment__article", "comment__author", "comment__parent")
    for revision in whose:
        _render_revision(revision, markup.Batch())


class Labels:
    """The names that reply links to these members' comments have today, without any text being
    rendered: a link stays what it is but for its name."""

    def __init__(self, members: Collection[User]) -> None:
        self._within: dict[int, dict[str, str]] = {}
        self._from_another: dict[str, str] = {}
        said = Comment.objects.filter(author__in=members).order_by()
        for pk, article, number, name in said.values_list(
            "pk", "article", "number", "author__display_name"
        ):
            within, from_another = reply_links.addresses(pk, number)
            self._within.setdefault(article, {})[within] = name
            self._from_another[from_another] = name

    def on(self, html: str, *, article: int) -> tuple[str, int]:
        """The HTML of a comment in this article with them, and in how many of its links."""
        return reply_links.relabelled(
            html, ChainMap(self._within.get(article, {}), self._from_another)
        )


def answering(members: Collection[User] | Collection[int]) -> QuerySet[Comment]:
    """The comments in which the names of these members are drawn."""
    links = ReplyLink.objects.filter(target__author__in=members).values("comment")
    mentions = Mention.objects.filter(member__in=members).values("comment")
    return Comment.objects.filter(Q(pk__in=links) | Q(pk__in=mentions)).order_by("pk")


def renew_name(member: User, *, size: int = 50) -> int:
    """Draw the name that the member has today in the reply links to them; how many comments were
    drawn. The rows of an article are held for one batch of its comments at a time."""
    drawn = 0
    for batch in by_key(answering([member]), size=size):
        for article_id, group in groupby(_by_article(batch), key=lambda one: one.article_id):
            with transaction.atomic():
                Article.objects.select_for_update(no_key=True).get(pk=article_id)
                here = Comment.objects.filter(pk__in=[one.pk for one in group], article=article_id)
                comments = list(here.select_related("author").order_by("pk"))
                redraw(comments)
            drawn += len(comments)
    return drawn


def render_again(*, size: int = 200) -> Iterator[markup.Batch]:
    """Render anew what an older engine made, a batch for each step of the iterator: comments,
    then the texts they had before.

    Safe while people post and edit: texts are rendered before the article's row is taken, and
    only written where the text is still the same. Texts are never changed.
    """
    comments = Comment.objects.filter(html_version__lt=markup.ENGINE).select_related("author")
    for batch in by_key(comments, size=size):
        done = markup.Batch()
        for article_id, group in groupby(_by_article(batch), key=lambda one: one.article_id):
            _render_comments(article_id, list(group), done)
        yield done
    revisions = CommentRevision.objects.filter(html_version__lt=markup.ENGINE)
    for earlier in by_key(
        revisions.select_related("comment__article", "comment__author", "comment__parent"),
        size=size,
    ):
        done = markup.Batch()
        for revision in earlier:
            _render_revision(revision, done)
        yield done


def _by_article(comments: Iterable[Comment]) -> list[Comment]:
    return sorted(comments, key=lambda one: (one.article_id, one.pk))


def _render_comments(article_id: int, rendered: list[Comment], done: markup.Batch) -> None:
    texts = {one.pk: one.text for one in rendered}
    clean = {one.pk: _clean(one) for one in rendered}
    with transaction.atomic():
        Article.objects.select_for_update(no_key=True).get(pk=article_id)
        now = Comment.objects.filter(
            pk__in=texts, article=article_id, html_version__lt=markup.ENGINE
        ).select_related("author")
        same = [comment for comment in now if comment.text == texts[comment.pk]]
        _draw(same, {pk: html for pk, (html, _is_whole) in clean.items()})
    for comment in same:
        done.count(comment.pk, is_whole=clean[comment.pk][1])


def _render_revision(revision: CommentRevision, done: markup.Batch) -> None:
    """Links that the comment still has lead where its rows say; others are looked up as an edit
    would. Nothing but this writes a revision, so no row is taken before."""
    comment = revision.comment
    clean, is_whole = _clean(revision)
    answers = reply_links.resolve(
        clean, article=comment.article, before=comment.number, parent=comment.parent
    )
    kept = reply_links.kept([comment])[comment.pk]
    html, _used = reply_links.draw(clean, answers | kept.answers, article_id=comment.article_id)
    html = reply_links.draw_prefix(html, kept.prefix, article_id=comment.article_id)
    CommentRevision.objects.filter(pk=revision.pk, text=revision.text).update(
        html=html, html_version=markup.ENGINE
    )
    done.count(revision.pk, is_whole=is_whole)


def _clean(written: Comment | CommentRevision) -> tuple[str, bool]:
    comment = written if isinstance(written, Comment) else written.comment
    return markup.render_stored(
        written.text,
        syntax=written.markup,
        link_rel=LINK_REL,
        images=trust.may_show_pictures(comment.author.trust_level),
    )


def _draw(comments: Sequence[Comment], clean: dict[int, str]) -> None:
    kept = reply_links.kept(comments)
    for comment in comments:
        rows = kept[comment.pk]
        html, _used = reply_links.draw(
            clean[comment.pk], rows.answers, article_id=comment.article_id
        )
        comment.html = reply_links.draw_prefix(html, rows.prefix, article_id=comment.article_id)
        comment.html_version = markup.ENGINE
    drawn = {comment.pk: {"html": comment.html} for comment in comments}
    write(Comment, drawn, html_version=markup.ENGINE)


def write(model: type[Model], rows: Mapping[int, Mapping[str, str]], **of_all: int) -> None:
    """Give rows, by their keys, new values of the same columns of text, and `of_all` to each, in
    one statement that does not grow with their number as that of `bulk_update` does."""
    if not rows:
        return
    columns = list(next(iter(rows.values())))
    values = [[row[column] for row in rows.values()] for column in columns]
    written = SQL(
        "UPDATE {table} AS row SET {columns} FROM unnest(%s::bigint[], {types})"
        " AS now (id, {names}) WHERE row.id = now.id"
    ).format(
        table=Identifier(model._meta.db_table),
        columns=SQL(", ").join(
            [
                *(SQL("{0} = now.{0}").format(Identifier(column)) for column in columns),
                *(SQL("{} = {}").format(Identifier(name), of_all[name]) for name in of_all),
            ]
        ),
        types=SQL(", ").join(SQL("%s::text[]") for _column in columns),
        names=SQL(", ").join(map(Identifier, columns)),
    )
    with connection.cursor() as cursor:
        cursor.execute(written, [list(rows), *values])
