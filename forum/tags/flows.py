"""Filing: from the words an author types to tags."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from forum.tags.models import Category, FormerCategory, FormerTag, Tag
from forum.tags.naming import clean_tag_names, tag_key


def resolved_names(names: Iterable[str]) -> dict[str, str]:
    """The names by the key of their tag, which is another's for one that was merged into it."""
    wanted = {tag_key(name): name for name in clean_tag_names(names)}
    for former in FormerTag.objects.filter(name_key__in=wanted).select_related("tag"):
        name = wanted.pop(former.name_key or "")
        wanted.setdefault(former.tag.name_key, name)
    return wanted


@transaction.atomic
def tags_named(*, names: Iterable[str]) -> list[Tag]:
    """One tag for each name, made where there was none; spelling follows the tag that was first."""
    wanted = resolved_names(names)
    found = set(Tag.objects.filter(name_key__in=wanted).values_list("name_key", flat=True))
    # In one order everywhere, so that two authors with the same new tags do not wait crosswise.
    for key in sorted(wanted.keys() - found):
        Tag.objects.get_or_create(
            name_key=key, defaults={"name": wanted[key], "slug": _free_slug(Tag, wanted[key])}
        )
    return list(Tag.objects.filter(name_key__in=wanted))


class CategoryRefused(Exception):
    """The category cannot have this address; the message says why."""


@transaction.atomic
def save_category(*, category: Category) -> Category:
    """The category as it is given; an address that it had until now leads to it from now on.
    Raises CategoryRefused for an address that leads to another."""
    if FormerCategory.objects.filter(slug=category.slug).exclude(category=category.pk).exists():
        raise CategoryRefused(_("This address leads to another category, which had it before."))
    before = Category.objects.select_for_update().filter(pk=category.pk).first()
    category.save()
    category.former.filter(slug=category.slug).delete()
    if before and before.slug != category.slug:
        FormerCategory.objects.create(category=category, slug=before.slug)
    return category


class TagRefused(Exception):
    """The tag cannot have this name or address; the message says why."""


@transaction.atomic
def rename_tag(*, tag: Tag, name: str, slug: str) -> Tag:
    """The tag with another name and address; the old ones lead to it from now on. Raises TagRefused
    when they are, or lead to, another tag's."""
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    key = tag_key(name)
    taken = Q(name_key=key) | Q(slug=slug)
    if (
        Tag.objects.filter(taken).exclude(pk=tag.pk).exists()
        or FormerTag.objects.filter(taken).exclude(tag=tag).exists()
    ):
        raise TagRefused(_("Another tag has this name or address: merge the two instead."))
    # Names and addresses of its own that it takes up again.
    tag.former.filter(name_key=key).update(name_key=None)
    tag.former.filter(slug=slug).update(slug=None)
    tag.former.filter(name_key=None, slug=None).delete()
    if (key, slug) != (tag.name_key, tag.slug):
        FormerTag.objects.create(
            tag=tag,
            name_key=None if key == tag.name_key else tag.name_key,
            slug=None if slug == tag.slug else tag.slug,
        )
    tag.name, tag.name_key, tag.slug = name, key, slug
    tag.save(update_fields=["name", "name_key", "slug"])
    return tag


@transaction.atomic
def merge_tags(*, tags: Iterable[Tag], into: Tag) -> None:
    """Everything that is filed under the tags is filed under `into`, which their names and
    addresses lead to from now on."""
    held = {
        tag.pk: tag
        for tag in Tag.objects.select_for_update()
        .filter(pk__in={into.pk, *(tag.pk for tag in tags)})
        .order_by("pk")
    }
    # The articles first, in their order: filing them elsewhere changes their rows.
    articles = into.articles.model.objects.select_for_update(no_key=True, of=("self",))
    list(
        articles.filter(
            pk__in=Tag.articles.through.objects.filter(tag__in=held).values("article")
        ).order_by("pk")
    )
    into = held.pop(into.pk)
    for tag in held.values():
        into.articles.add(*tag.articles.all())
        tag.former.update(tag=into)
        FormerTag.objects.create(tag=into, name_key=tag.name_key, slug=tag.slug)
        tag.delete()


def suggest_tags(*, beginning: str, most: int = 8) -> list[Tag]:
    """Tags of which a word begins so, those with the most articles first, as `pieces`."""
    key = tag_key(beginning)
    starts = Q(name_key__startswith=key) | Q(name_key__contains=f" {key}")
    found = Tag.objects.filter(starts | Q(former__name_key__startswith=key)).annotate(
        pieces=Count("articles", distinct=True)
    )
    return list(found.order_by("-pieces", "name_key")[:most]) if key.strip() else []


@transaction.atomic
def category_named(*, name: str, slug: str = "") -> Category:
    """The category with this name, made at the end of the list where there was none."""
    found = Category.objects.filter(name__iexact=name).first()
    if found is None:
        found, _created = Category.objects.get_or_create(
            name=name,
            defaults={
                "slug": _free_slug(Category, slug or name),
                "position": Category.objects.count() + 1,
            },
        )
    return found


def _free_slug(model: type[Category] | type[Tag], name: str) -> str:
    """An address for the name that no other row of the model has."""
    slug = slugify(name, allow_unicode=True)[:50] or "x"
    taken = set(model.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    former = FormerTag if model is Tag else FormerCategory
    taken |= {row.slug or "" for row in former.objects.filter(slug__startswith=slug)}
    free, n = slug, 1
    while free in taken:
        n += 1
        free = f"{slug}-{n}"
    return free
