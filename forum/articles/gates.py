"""Who may pass to the pages for writing."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.gates import members_only


def authors_only(view):
    @wraps(view)
    @members_only
    def gate(request, *args, **kwargs):
        if not request.user.may_write:
            raise PermissionDenied(_("Only authors write articles here."))
        return view(request, *args, **kwargs)

    return gate
