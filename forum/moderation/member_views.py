"""What moderators wrote to a member, for that member."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.gates import members_only
from forum.moderation.models import Message


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def message(request, pk):
    """Read it; a warning can be acknowledged here, too."""
    found = get_object_or_404(
        Message.objects.filter(member=request.user).select_related("comment__article"), pk=pk
    )
    if request.method == "POST":
        request.user.take_note_of_warning(request.POST.get("read_warning", ""))
        return redirect("moderators_message", pk)
    is_open = found.is_warning and request.user.warning_mark == found.sent_at.isoformat()
    return render(request, "moderation/message.html", {"message": found, "is_open": is_open})
