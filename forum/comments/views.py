"""Writing comments and liking them: post, reply, edit, withdraw, like, drafts, and the texts a
comment had before."""

from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept_text
from accounts.addresses import client_address
from accounts.gates import members_only
from forum.articles.models import Article
from forum.comments import flows, holding, pacing, permissions
from forum.comments import history as histories
from forum.comments import standing as standings
from forum.comments.forms import CommentForm
from forum.comments.models import Comment, Draft
from forum.comments.names import names as names_for
from forum.screening import trust
from forum.screening.judging import Sent
from forum.screening.trust import Level

form_view = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = 422  # Unprocessable content: the page says why and has the text
# Of the answers that came in since the writer began.
MOST_ANSWERS_SHOWN = 20


@form_view
@members_only
def post(request, day, slug):
    article = _article(request, day, slug)
    return _compose(
        request,
        article,
        why_not=permissions.why_not_comment(request.user, article),
        save=lambda text, key, sent: flows.post_comment(
            author=request.user, article=article, text=text, post_key=key, sent=sent
        ),
    )


@form_view
@members_only
def reply(request, pk):
    parent = _standing(request, pk)
    return _compose(
        request,
        parent.article,
        parent=parent,
        initial=f"@{parent.author.display_name}: " if parent.is_visible else "",
        why_not=permissions.why_not_reply(request.user, parent),
        save=lambda text, key, sent: flows.post_comment(
            author=request.user,
            article=parent.article,
            text=text,
            parent=parent,
            post_key=key,
            sent=sent,
        ),
    )


@form_view
@members_only
def edit(request, pk):
    comment = get_object_or_404(
        _standing_comments(request).filter(author=request.user, withdrawn_at=None), pk=pk
    )
    return _compose(
        request,
        comment.article,
        parent=comment.parent,
        comment=comment,
        initial=comment.text,
        why_not=permissions.why_not_edit(request.user, comment),
        save=lambda text, key, sent: flows.edit_comment(
            comment=comment, by=request.user, text=text
        ),
    )


@require_POST
@members_only
def thread_draft(request, day, slug):
    article = _article(request, day, slug)
    return _keep_draft(request, article, back=reverse("comment_post", args=[day, slug]))


@require_POST
@members_only
def reply_draft(request, pk):
    parent = _standing(request, pk)
    back = reverse("comment_reply", args=[pk])
    return _keep_draft(request, parent.article, parent=parent, back=back)


@require_safe
@members_only
def names(request, day, slug):
    """Whom a script that completes `?typed=` may offer, in a text `before` that comment (for an
    edit) which answers `parent`."""
    article = _article(request, day, slug)
    parent = _number(request.GET.get("parent"))
    found = names_for(
        article,
        request.GET.get("typed", "").strip(),
        writer=request.user,
        before=_number(request.GET.get("before")),
        parent=parent and article.comments.select_related("author").filter(pk=parent).first(),
    )
    return JsonResponse({"names": [asdict(one) for one in found]})


@form_view
@members_only
def withdraw(request, pk):
    comment = get_object_or_404(_standing_comments(request).filter(author=request.user), pk=pk)
    if request.method == "POST":
        try:
            flows.withdraw_comment(comment=comment, by=request.user)
        except flows.ReplyRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("Your comment is withdrawn."),
                    reverse("comment_withdraw", args=[pk]),
                    _("Take this back"),
                ),
            )
        return redirect(f"{comment.article.get_absolute_url()}#discussion")
    context = {
        "comment": comment,
        "why_not_undo": permissions.why_not_undo_withdrawal(request.user, comment),
    }
    return render(request, "comments/withdraw.html", context)


@require_POST
@members_only
def undo_withdrawal(request, pk):
    comment = get_object_or_404(_standing_comments(request).filter(author=request.user), pk=pk)
    try:
        flows.undo_withdrawal(comment=comment, by=request.user)
    except flows.ReplyRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{comment.article.get_absolute_url()}#discussion")
    messages.success(request, _("Your comment is back."))
    return redirect(comment)


@form_view
@members_only
def like(request, pk):
    """Like a comment, or with `like` empty like it no more; scripts get the count in words."""
    comment = _standing(request, pk)
    if request.method != "POST":
        liked = comment.likes.filter(member=request.user).exists()
        why_not = None if liked else permissions.why_not_like(request.user, comment)
        context = {"comment": comment, "liked": liked, "why_not": why_not}
        return render(request, "comments/like.html", context)
    by_script = request.headers.get("X-Requested-With") == "fetch"
    act = flows.like_comment if request.POST.get("like") else flows.unlike_comment
    try:
        comment = act(comment=comment, by=request.user)
    except flows.LikeRefused as refusal:
        if by_script:
            return JsonResponse({"words": str(refusal)}, status=REFUSED)
        context = {"comment": comment, "liked": False, "why_not": str(refusal)}
        return render(request, "comments/like.html", context, status=REFUSED)
    if by_script:
        return JsonResponse({"count": comment.like_count, "words": _likes(comment.like_count)})
    return redirect(comment)


@require_safe
@members_only
def standing(request):
    """How far the member is trusted, what comes next, and what each level may."""
    level = Level(request.user.trust_level)
    record = standings.record_of(request.user)
    step = trust.STEPS.get(level + 1)
    context = {
        "level": level,
        "next": step and {"level": Level(level + 1), "parts": standings.parts(step, record)},
        "is_kept_back": trust.is_kept_back(record),
        "levels": standings.levels(),
    }
    return render(request, "comments/standing.html", context)


@require_safe
def history(request, pk):
    """What a comment said before it was edited, oldest first; for who may read the comment. With
    `?answer=` first what changed since that answer to it."""
    readable = Comment.objects.readable_by(request.user).select_related("article", "author")
    comment = get_object_or_404(readable, pk=pk)
    key = _number(request.GET.get("answer"))
    answer = key and comment.replies.visible().filter(pk=key).first()
    context = {
        "comment": comment,
        "versions": histories.versions(comment),
        "answer": answer,
        "since": histories.since_answered(comment, answer) if answer else None,
    }
    return render(request, "comments/history.html", context)


def _article(request, day, slug):
    readable = Article.objects.readable_by(request.user)
    return get_object_or_404(readable, publish_date=day, slug=slug)


def _likes(count):
    return ngettext("%(count)s like", "%(count)s likes", count) % {"count": count}


def _standing(request, pk):
    return get_object_or_404(_standing_comments(request), pk=pk)


def _standing_comments(request):
    """Comments of articles that may be read, also those out of sight: who answers one of them
    gets the text back instead of a page that knows nothing."""
    return Comment.objects.filter(
        article__in=Article.objects.readable_by(request.user)
    ).select_related("article", "author", "parent__author")


def _compose(request, article, *, save, why_not, initial="", parent=None, comment=None):
    """The composer's page: shows, previews, saves, or says why not and gives the text back.

    Scripts that save are answered with where the comment is; all else they read from the page.
    """
    kept = kept_text.take(request)
    draft = None if comment else _draft(request.user, article, parent)
    form = CommentForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(initial, draft, kept) | {"since": article.last_number},
        auto_id=f"{_place(parent, comment)}-%s",
    )
    preview, wait = "", None
    if request.method == "GET" and not why_not and comment is None:
        wait = pacing.why_wait(request.user, article, parent)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if "preview" in request.POST:
                preview = flows.preview_comment(
                    article=article,
                    text=text,
                    author=request.user,
                    parent=parent,
                    comment=comment,
                )
            else:
                key, sent = form.cleaned_data.get("post_key"), _sent(request, form, draft)
                return _saved(request, save(text, key, sent))
        except flows.ReplyRefused as refusal:
            form.add_error("text", str(refusal))
            wait = refusal if refusal.until else None
            if isinstance(refusal, flows.PostedBefore):
                form.take_new_key()
    context = {
        "form": form,
        "article": article,
        "parent": parent,
        "comment": comment,
        "draft": None if form.is_bound or kept else draft,
        "restored_at": draft.saved_at if draft else timezone.now(),
        "draft_url": "" if comment else _draft_url(article, parent),
        "preview": preview,
        "untouched": initial,
        "limit": settings.LONGEST_COMMENT,
        "why_not": why_not,
        "may_write": not why_not or form.is_bound or bool(kept or draft),
        "slips_only": comment and timezone.now() >= permissions.editable_until(comment),
        "editable_until": comment and permissions.editable_until(comment),
        "typos_until": comment and permissions.typos_until(comment),
        "wait": wait,
        "place": _place(parent, comment),
        "newer_answers": _newer_answers(request, form, parent, comment),
    }
    return render(request, "comments/write.html", context, status=REFUSED if form.errors else 200)


def _sent(request, form, draft):
    """How the form came. Who has a draft was here before: how long the form was open says nothing
    of them then."""
    return Sent(
        is_trapped=form.is_trapped,
        seconds=None if draft else form.seconds_open(),
        address=client_address(request),
        agent=request.headers.get("User-Agent", "")[:200],
    )


def _saved(request, comment):
    if comment.held_at is not None:
        _say_it_waits(request, comment)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse(
            {
                "id": comment.pk,
                "number": comment.number,
                "address": _address(comment),
                "until": permissions.typos_until(comment).isoformat(timespec="seconds"),
            }
        )
    return redirect(_address(comment))


def _initial(text, draft, kept):
    """What stands in a composer that is opened: what could not be sent, the draft, or `text`."""
    words = {"text": text}
    if draft:
        words = {"text": draft.text}
        if draft.post_key:
            words["post_key"] = draft.post_key
    return words | {name: kept[name] for name in ("text", "opened") if name in kept}


def _place(parent, comment):
    """Tells the fields of one composer from those of others on the same page."""
    if comment:
        return f"edit-{comment.pk}"
    return f"reply-{parent.pk}" if parent else "thread"


def _draft(member, article, parent):
    return Draft.objects.filter(member=member, article=article, parent=parent).first()


def _draft_url(article, parent):
    if parent:
        return reverse("reply_draft", args=[parent.pk])
    return reverse("comment_draft", args=[article.publish_date, article.slug])


def _keep_draft(request, article, *, back, parent=None):
    """Keeps the words that were sent, or forgets the draft where there are none."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    key = None
    with suppress(ValueError):
        key = UUID(request.POST.get("post_key", ""))
    flows.save_draft(member=request.user, article=article, parent=parent, text=text, post_key=key)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(back)


def _newer_answers(request, form, parent, comment):
    """What others answered to the same comment since the writer began; the number of the latest
    comment then comes with the form, or from a script as `?since=`."""
    since = _number(form["since"].value() if form.is_bound else request.GET.get("since"))
    if parent is None or comment or since is None:
        return []
    return list(
        parent.replies.visible()
        .filter(number__gt=since)
        .exclude(author=request.user)
        .select_related("author")
        .in_time_order()[:MOST_ANSWERS_SHOWN]
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _address(comment):
    """Where its author finds the comment; one that waits for a moderator has no place that others
    see. Its number makes the address another one, so that the page is loaded anew."""
    if comment.held_at is None:
        return comment.get_absolute_url()
    return f"{comment.article.get_absolute_url()}?waiting={comment.number}#waiting"


def _say_it_waits(request, comment):
    said = [_("Your comment waits for a moderator. You see it, others do not yet.")]
    said.append(comment.held_reason)
    if wait := holding.usual_wait():
        span = timesince(timezone.now() - wait, depth=1)
        said.append(_("It usually takes %(time)s.") % {"time": span})
    messages.info(request, " ".join(said))
