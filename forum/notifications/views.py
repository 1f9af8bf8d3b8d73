from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import members_only
from forum import pagination
from forum.notifications import flows
from forum.notifications.models import Notification


@require_safe
@members_only
def notifications(request):
    """What I was told, newest first."""
    page = pagination.page_or_404(
        Notification.objects.of(request.user),
        moment="at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
    return render(request, "notifications/notifications.html", {"page": page})


@require_safe
@members_only
def notification(request, pk):
    """To the page it is about; it counts as read."""
    found = get_object_or_404(Notification.objects.of(request.user), pk=pk)
    flows.mark_read(notification=found)
    return redirect(found.url)


@require_POST
@members_only
def all_read(request):
    flows.mark_all_read(member=request.user)
    return redirect("notifications")
