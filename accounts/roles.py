"""What a person is to the site: one role each, from which their rights follow.

The columns of `User` are the truth, because pages ask them without a query. Django's groups follow
them by a trigger (migration 0006), so that permissions in the admin are given to a group once, and
nobody who was made by an import or by hand stands outside it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Each but the last has a group of this name."""

    OWNER = "owner", _("Owner: everything, also the roles of others")
    MODERATOR = "moderator", _("Moderator: all discussions, and the articles of all")
    CATEGORY_MODERATOR = (
        "category moderator",
        _("Moderator of some categories: the discussions of their articles"),
    )
    EDITOR = "editor", _("Editor: edits and publishes the articles of all")
    AUTHOR = "author", _("Author: writes and publishes articles")
    CONTRIBUTOR = "contributor", _("Contributor: writes articles, which an editor publishes")
    MEMBER = "member", _("Member: comments")


# What a role sets; one of some categories is also given their keys.
MARKS = {
    Role.OWNER: {"is_staff", "is_superuser"},
    Role.MODERATOR: {"is_staff"},
    Role.CATEGORY_MODERATOR: set(),
    Role.EDITOR: {"is_editor"},
    Role.AUTHOR: {"is_author"},
    Role.CONTRIBUTOR: {"is_contributor"},
    Role.MEMBER: set(),
}
ALL_MARKS = sorted(set().union(*MARKS.values()))
GROUPS = [role for role in Role if role != Role.MEMBER]
