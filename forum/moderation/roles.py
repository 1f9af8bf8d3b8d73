"""What each role's group may do in the admin, after each migration as Django makes permissions
then: what the desks declare, and no more. Verbs ask again, of the article itself."""

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from accounts.roles import GROUPS, Role

ALL = frozenset({"view", "add", "change", "delete"})
# Beyond the desks: what editors and authors may is asked by their own pages too.
WRITERS = {
    Role.EDITOR: {"articles": {"view_article", "add_article", "change_article"}},
    Role.AUTHOR: {"articles": {"view_article", "add_article"}},
    Role.CONTRIBUTOR: {"articles": {"add_article"}},
}


def give_permissions(app_config, **_signal) -> None:
    """Let the groups have what the desks of this app's models declare, and nothing else of it."""
    label = app_config.label
    desks = {
        model: desk
        for model, desk in admin.site._registry.items()
        if model._meta.app_label == label
    }
    if not desks:
        return
    permissions = dict(
        Permission.objects.filter(content_type__app_label=label).values_list("codename", "pk")
    )
    for role in GROUPS:
        group, _made = Group.objects.get_or_create(name=role.value)
        wanted = {permissions[name] for name in _codenames(role, label, desks)}
        held = set(
            group.permissions.filter(content_type__app_label=label).values_list("pk", flat=True)
        )
        group.permissions.add(*wanted - held)
        group.permissions.remove(*held - wanted)


def _codenames(role: Role, label: str, desks: dict[type[Model], admin.ModelAdmin]) -> set[str]:
    codenames = set(WRITERS.get(role, {}).get(label, ()))
    for model, desk in desks.items():
        acts = {
            Role.OWNER: ALL,
            Role.MODERATOR: getattr(desk, "moderators_may", frozenset()),
            Role.CATEGORY_MODERATOR: getattr(desk, "category_moderators_may", frozenset()),
        }.get(role, frozenset())
        codenames |= {f"{act}_{model._meta.model_name}" for act in acts}
    return codenames
