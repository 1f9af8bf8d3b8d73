"""Pages of moderators in the admin: appeals, handing over, figures."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import pagination
from forum.fairness import acts, flows, permissions
from forum.fairness.figures import figures_of
from forum.fairness.forms import DecisionForm
from forum.fairness.handover import since_last_here
from forum.fairness.models import Appeal
from forum.fairness.plots import plots

PER_PAGE = 25
SPANS = (30, 90, 365)  # days


@require_safe
def appeals(request):
    """Those that wait, the oldest first, and those that were decided."""
    theirs = Appeal.objects.visible_to(request.user).for_listing()
    page = pagination.page_or_404(
        theirs.decided(), moment="decided_at", before=request.GET.get("before"), size=PER_PAGE
    )
    context = {
        "open": page.is_first and theirs.open().order_by("made_at", "pk")[:PER_PAGE],
        "page": page,
    }
    return render(request, "fairness/appeals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """One appeal: what was done and why, what the member says to it, and the decision."""
    theirs = Appeal.objects.visible_to(request.user).select_related(
        "member", "decided_by", "entry__moderator", "entry__member", "entry__article"
    )
    appeal = get_object_or_404(theirs.select_related("entry__comment__article"), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        undo = form.cleaned_data["outcome"] == "undone"
        try:
            done = flows.decide(
                appeal=appeal, by=request.user, undo=undo, answer=form.cleaned_data["answer"]
            )
        except flows.AppealRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Decided.") if done else _("Somebody else has decided it just now.")
            messages.success(request, said)
            return redirect("appeals")
    context = {
        "appeal": appeal,
        "form": form,
        "why_not": None if appeal.decided_at else permissions.why_not_decide(request.user, appeal),
        "is_in_force": acts.is_in_force(appeal.entry),
    }
    return render(request, "fairness/appeal.html", context, status=422 if form.errors else 200)


@require_safe
def handover(request):
    """Since this moderator was last here: what came, what others decided, what waits."""
    return render(request, "fairness/handover.html", {"report": since_last_here(request.user)})


@require_POST
def taken_over(request):
    flows.take_over(moderator=request.user)
    messages.success(request, _("From now on the page says what comes after this moment."))
    return redirect("handover")


@require_safe
def figures(request):
    """Figures and plots of the whole site, for those who moderate all of it."""
    if not request.user.is_staff:
        raise PermissionDenied(_("These figures are of the whole site."))
    asked = request.GET.get("days", "")
    span = int(asked) if asked.isdecimal() and int(asked[:4]) in SPANS else SPANS[0]
    today = timezone.localdate()
    found = figures_of(first=today - timedelta(days=span - 1), last=today)
    context = {"figures": found, "plots": plots(found), "span": span, "spans": SPANS}
    return render(request, "fairness/figures.html", context)
