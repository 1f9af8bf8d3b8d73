"""Writing comments and liking them: post, reply, edit, withdraw, like, and the texts a comment had
before."""

from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept_text
from accounts.addresses import client_address
from accounts.gates import members_only
from forum.comments import drafts, flows, holding, pacing, permissions, reply_links
from forum.comments import history as histories
from forum.comments import standing as standings
from forum.comments.asked import (
    number,
    own_comment,
    own_standing_comment,
    readable_article,
    standing_comment,
)
from forum.comments.forms import CommentForm
from forum.comments.models import Comment
from forum.screening import trust
from forum.screening.judging import Sent
from forum.screening.trust import Level

form_view = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = 422  # Unprocessable content: the page says why and has the text
# Seconds; who sends a form sooner may have a draft.
QUICK = 60
TOO_SOON = 429  # Too many requests: the same, and a header says after how many seconds to go on
# Of the answers that came in since the writer began.
MOST_ANSWERS_SHOWN = 20


@form_view
@members_only
def post(request, day, slug):
    article = readable_article(request, day, slug)
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
    parent = standing_comment(request, pk)
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
    comment = own_standing_comment(request, pk)
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


@form_view
@members_only
def withdraw(request, pk):
    comment = own_comment(request, pk)
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
    comment = own_comment(request, pk)
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
    comment = standing_comment(request, pk)
    if request.method != "POST":
        liked = comment.likes.filter(member=request.user).exists()
        why_not = None if liked else permissions.why_not_like(request.user, comment)
        context = {"comment": comment, "liked": liked, "why_not": why_not}
        return render(request, "comments/like.html", context)
    by_script = _by_script(request)
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
    key = number(request.GET.get("answer"))
    answer = key and comment.replies.visible().filter(pk=key).first()
    context = {
        "comment": comment,
        "versions": histories.versions(comment),
        "answer": answer,
        "since": histories.since_answered(comment, answer) if answer else None,
        "may_moderate": comment.article.is_moderated_by(request.user),
    }
    return render(request, "comments/history.html", context)


def _likes(count):
    return ngettext("%(count)s like", "%(count)s likes", count) % {"count": count}


def _compose(request, article, *, save, why_not, initial="", parent=None, comment=None):
    """The composer's page: shows, previews, saves, or says why not and gives the text back.

    Scripts that save are answered with where the comment is; all else they read from the page.
    """
    kept = kept_text.take(request)
    request.user.take_note_of_warning(request.POST.get("read_warning", ""))
    # What is sent takes its place.
    draft = None
    if request.method != "POST":
        draft = drafts.waiting(request.user, article, parent=parent, comment=comment)
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
                if not _by_script(request):
                    preview = reply_links.leading_to(preview, article=article)
            else:
                sent = _sent(request, form, article, parent)
                return _saved(request, save(text, form.cleaned_data.get("post_key"), sent))
        except flows.ReplyRefused as refusal:
            form.add_error("text", str(refusal))
            wait = refusal if isinstance(refusal, flows.TooSoon) else None
            if isinstance(refusal, flows.PostedBefore):
                form.take_new_key()
    context = {
        "form": form,
        "article": article,
        "parent": parent,
        "comment": comment,
        "draft": None if form.is_bound or kept else draft,
        "restored_at": draft.saved_at if draft else timezone.now(),
        "draft_url": drafts.address(article, parent=parent, comment=comment),
        "preview": preview,
        "untouched": initial,
        "limit": settings.LONGEST_COMMENT,
        "why_not": why_not,
        "may_write": not why_not or form.is_bound or bool(kept or draft),
        "wait": wait,
        "place": _place(parent, comment),
        "time_left": comment and _time_left(comment),
        "newer_answers": _newer_answers(request, form, parent, comment),
    }
    page = render(request, "comments/write.html", context, status=REFUSED if form.errors else 200)
    if isinstance(wait, flows.TooSoon):
        page.status_code, page.headers["Retry-After"] = TOO_SOON, str(wait.retry_after)
    return page


def _by_script(request):
    """Whether the answer goes into the page of a discussion, where its reply links lead."""
    return request.headers.get("X-Requested-With") == "fetch"


def _time_left(comment):
    """The windows in which its author may change a comment, one after the other: until when, and
    for how many seconds from now (a script counts them, whatever its clock says)."""
    now = timezone.now()
    windows = {
        "words": permissions.editable_until(comment),
        "slips": permissions.typos_until(comment),
    }
    return {
        name: {"until": until, "seconds": max(0, int((until - now).total_seconds()))}
        for name, until in windows.items()
    }


def _has_draft(request, article, parent):
    return drafts.waiting(request.user, article, parent=parent) is not None


def _sent(request, form, article, parent):
    """How the form came. How long it was open says nothing of who has a draft: they were here
    before."""
    seconds = form.seconds_open()
    if seconds is not None and seconds < QUICK and _has_draft(request, article, parent):
        seconds = None
    return Sent(
        is_trapped=form.is_trapped,
        seconds=seconds,
        address=client_address(request),
        agent=request.headers.get("User-Agent", "")[:200],
    )


def _saved(request, comment):
    """To the comment in its place; one that waits for a moderator has none that others see. Its
    number makes that address another one, so that the page is loaded anew."""
    address = comment.get_absolute_url()
    if comment.held_at:
        messages.info(request, holding.why_it_waits(comment))
        address = f"{comment.article.get_absolute_url()}?waiting={comment.number}#waiting"
    if not _by_script(request):
        return redirect(address)
    return JsonResponse(
        {
            "id": comment.pk,
            "number": comment.number,
            "address": address,
            "until": permissions.typos_until(comment).isoformat(timespec="seconds"),
        }
    )


def _initial(text, draft, kept):
    """What stands in a composer that is opened: what could not be sent, the draft, or `text`."""
    words = {"text": text}
    if draft:
        words = {"text": draft.words}
        if draft.post_key:
            words["post_key"] = draft.post_key
    return words | {name: kept[name] for name in ("text", "opened") if name in kept}


def _place(parent, comment):
    """Tells the fields of one composer from those of others on the same page."""
    if comment:
        return f"edit-{comment.pk}"
    return f"reply-{parent.pk}" if parent else "thread"


def _newer_answers(request, form, parent, comment):
    """What others answered to the same comment since the writer began; the number of the latest
    comment then comes with the form, or from a script as `?since=`."""
    since = number(form["since"].value() if form.is_bound else request.GET.get("since"))
    if parent is None or comment or since is None:
        return []
    return list(
        parent.replies.visible()
        .filter(number__gt=since)
        .exclude(author=request.user)
        .select_related("author")
        .in_time_order()[:MOST_ANSWERS_SHOWN]
    )
