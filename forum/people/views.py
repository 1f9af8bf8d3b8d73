"""Pages about one's own account as a whole, and the privacy page."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import members_only
from forum.articles.models import Article
from forum.people import exporting, flows, privacy
from forum.people.claiming import claimable, with_what_they_wrote
from forum.people.forms import ClaimForm, EraseForm
from forum.people.models import Export, SignIn

form_view = require_http_methods(["GET", "HEAD", "POST"])
SIGN_INS_SHOWN = 20


@form_view
@members_only
@reauthentication_required(allow_get=True)
def own_words(request):
    """What one can do with all that is one's own; sending the form asks for a download."""
    refusal = ""
    if request.method == "POST":
        try:
            flows.ask_for_export(member=request.user)
        except flows.ExportRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("It is being put together. You will get a mail."))
            return redirect("own_words")
    context = {
        "refusal": refusal,
        "exports": Export.objects.filter(member=request.user).order_by("-asked_at")[:3],
        "sign_ins": SignIn.objects.filter(member=request.user).order_by("-at")[:SIGN_INS_SHOWN],
        "can_claim": claimable(request.user).exists(),
    }
    return render(request, "people/own_words.html", context)


@require_safe
@members_only
@reauthentication_required
def export(request, key):
    """The file, for the member it was made for, until it expires."""
    now = timezone.now()
    found = get_object_or_404(Export, pk=key, member=request.user, expires_at__gt=now)
    file = exporting.place(found.pk)
    if not file.exists():
        raise Http404
    name = f"{request.get_host().partition(':')[0]}-{found.ready_at:%Y-%m-%d}.zip"
    return FileResponse(file.open("rb"), as_attachment=True, filename=name)


@form_view
@members_only
def claims(request):
    """The people of a site that was moved here whom the member can prove to be."""
    people = list(with_what_they_wrote(claimable(request.user)))
    sent = request.POST.get("imported", "")
    forms = [
        (
            imported,
            ClaimForm(
                request.POST if str(imported.pk) == sent else None,
                member=request.user,
                imported=imported,
                prefix=f"claim{imported.pk}",
            ),
        )
        for imported in people
    ]
    if request.method == "POST":
        imported, form = next(((i, f) for i, f in forms if f.is_bound), (None, None))
        if imported is None:
            raise Http404
        if form.is_valid():
            return _settle(request, imported, form)
    return render(request, "people/claims.html", {"forms": forms})


def _settle(request, imported, form):
    try:
        if "decline" in request.POST:
            flows.decline_claim(imported=imported, member=request.user)
            messages.success(request, _("You are not asked about this again."))
            return redirect("claims")
        merge = flows.claim_imported(
            imported=imported, member=request.user, take_name=form.takes_name
        )
    except flows.ClaimRefused as refused:
        messages.error(request, str(refused))
        return redirect("claims")
    messages.success(request, _("All of that is yours again."))
    return redirect(merge.kept)


@form_view
@members_only
@reauthentication_required
def erase(request):
    """Asks what is to stay, and erases the account."""
    member = request.user
    form = EraseForm(
        request.POST if request.method == "POST" else None,
        has_articles=Article.objects.by(member).exists(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            flows.erase_member(member=member, **form.choices)
        except flows.EraseRefused as refused:
            form.add_error(None, str(refused))
        else:
            logout(request)
            return redirect("erased")
    return render(request, "people/erase.html", {"form": form})


@require_safe
def erased(request):
    return render(request, "people/erased.html")


@require_safe
def privacy_page(request):
    """What the site holds of people, who sees it and for how long: from the tables themselves."""
    context = {
        "sections": privacy.sections(),
        "cookies": privacy.cookies(),
        "elsewhere": privacy.elsewhere(),
        "owner_mail": settings.DEFAULT_FROM_EMAIL,
        "address_hashes_kept_days": settings.ADDRESS_HASHES_KEPT_DAYS,
        "own_words": reverse("own_words"),
    }
    return render(request, "people/privacy.html", context)
