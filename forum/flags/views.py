from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.gates import members_only
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.flags import flows, permissions
from forum.flags.forms import FlagForm
from forum.flags.models import Flag

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def flag(request, pk):
    """Tell the moderators of a comment, or say otherwise what is wrong with it."""
    comment = get_object_or_404(_flaggable(request), pk=pk)
    before = Flag.objects.filter(comment=comment, member=request.user).first()
    initial = {"reason": before.reason, "words": before.words} if before else {}
    form = FlagForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            flows.flag_comment(
                comment=comment,
                by=request.user,
                address=client_address(request),
                **form.cleaned_data,
            )
        except flows.FlagRefused as refusal:
            form.add_error("words", str(refusal))
        else:
            messages.success(
                request, _("Thank you. A moderator will look, and you will hear of it.")
            )
            return redirect(comment)
    context = {
        "comment": comment,
        "form": form,
        "flag": before,
        "why_not": None
        if form.is_bound
        else permissions.why_not_flag(request.user, comment, before),
    }
    return render(request, "flags/flag.html", context, status=REFUSED if form.errors else 200)


@require_POST
@members_only
def withdraw(request, pk):
    comment = get_object_or_404(_flaggable(request), pk=pk)
    if flows.withdraw_flag(comment=comment, by=request.user):
        messages.success(request, _("Your flag is taken back."))
    return redirect("comment_flag", pk=pk)


def _flaggable(request):
    """Comments of articles that may be read, also those out of sight: who flags one that was
    hidden meanwhile is told so, and keeps their words."""
    return Comment.objects.filter(
        article__in=Article.objects.readable_by(request.user)
    ).select_related("article", "author")
