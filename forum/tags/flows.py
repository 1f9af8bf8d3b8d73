"""Filing: from the words an author types to tags."""

import re
import unicodedata
from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify

from forum.tags.models import Category, Tag

MOST_TAGS = 12
LONGEST_TAG = 60


def clean_tag_names(names: Iterable[str]) -> list[str]:
    """The names in NFKC, single-spaced, without empties and repeats, in the order given."""
    seen: dict[str, str] = {}
    for name in names:
        name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name)).strip(" ,#")
        if name:
            seen.setdefault(name.casefold(), name[:LONGEST_TAG])
    return list(seen.values())


@transaction.atomic
def tags_named(*, names: Iterable[str]) -> list[Tag]:
    """One tag for each name, made where there was none; spelling follows the tag that was first."""
    wanted = {name.casefold(): name for name in clean_tag_names(names)}
    found = set(Tag.objects.filter(name_key__in=wanted).values_list("name_key", flat=True))
    # In one order everywhere, so that two authors with the same new tags do not wait crosswise.
    for key in sorted(wanted.keys() - found):
        Tag.objects.get_or_create(
            name_key=key, defaults={"name": wanted[key], "slug": _free_slug(Tag, wanted[key])}
        )
    return list(Tag.objects.filter(name_key__in=wanted))


@transaction.atomic
def category_named(*, name: str, slug: str = "") -> Category:
    """The category with this name, made at the end of the list where there was none."""
    found = Category.objects.filter(name__iexact=name).first()
    if found is None:
        found, _ = Category.objects.get_or_create(
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
    free, n = slug, 1
    while free in taken:
        n += 1
        free = f"{slug}-{n}"
    return free
