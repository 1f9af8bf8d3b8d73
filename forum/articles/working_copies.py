"""What is typed into the editor and not saved: kept every few seconds, given back, discarded.

Kept beside the article, so that nothing of it is read by anybody else before it is saved.
"""

from uuid import UUID

from django import forms
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.names import isolated
from forum.articles import flows
from forum.articles.forms import ArticleForm
from forum.articles.gates import authors_only
from forum.articles.models import Article, WorkingCopy

# As much as the form itself takes, with room for the fields beside the text.
MOST_CHARACTERS = 220_000


class AutosaveForm(forms.Form):
    write_key = forms.UUIDField()
    began_from = forms.IntegerField(required=False)


def waiting(request, article: Article) -> WorkingCopy | None:
    """What this writer typed and did not save. Of a new article `?fresh` asks for none, and
    `?key=` for that of one form."""
    if article.pk is None and "fresh" in request.GET:
        return None
    try:
        key = UUID(request.GET["key"]) if "key" in request.GET else None
    except ValueError:
        key = None
    return WorkingCopy.objects.waiting_for(
        request.user, article=article if article.pk else None, write_key=key
    )


@require_POST
@authors_only
def autosave(request, pk=None):
    """Keeps the form as it stands and says when, and who else saved the article meanwhile."""
    editable = Article.objects.editable_by(request.user).defer("text", "html")
    article = get_object_or_404(editable, pk=pk) if pk else None
    form = AutosaveForm(request.POST)
    fields = fields_of(request.POST)
    if not form.is_valid() or sum(map(len, map(str, fields.values()))) > MOST_CHARACTERS:
        return JsonResponse({"said": _("Too long to be kept before it is saved.")}, status=422)
    kept = flows.keep_working_copy(
        editor=request.user,
        article=article,
        write_key=form.cleaned_data["write_key"],
        fields=fields,
    )
    if kept is None:
        return JsonResponse({"said": _("Saved.")})
    newest = article.revisions.newest() if article else None
    if newest and newest.pk != form.cleaned_data["began_from"]:
        said = _("%(name)s saved this article meanwhile. Your text is kept.") % {
            "name": isolated(newest.saved_by.display_name)
        }
    else:
        here = timezone.localtime(kept.kept_at)
        said = _("Kept at %(time)s, not saved yet.") % {"time": time_format(here, "TIME_FORMAT")}
    return JsonResponse({"said": said})


@require_POST
@authors_only
def discard(request, pk):
    """What was typed goes, what is saved stays."""
    copy = get_object_or_404(WorkingCopy, editor=request.user, pk=pk)
    copy.delete()
    return redirect("article_edit", copy.article_id) if copy.article_id else redirect("article_new")


def fields_of(sent) -> dict[str, str | list[str]]:
    """The words of the form, as the database can hold them; the picture is not among them."""
    return {
        name: [one.replace("\0", "") for one in sent.getlist(name)]
        if name == "categories"
        else sent.get(name, "").replace("\0", "")
        for name in ArticleForm.base_fields
        if name != "cover"
    }
