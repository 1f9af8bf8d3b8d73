"""The mail of the demo, on pages: so that whoever tries the site out can confirm an address."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forum.demo import mail as mails


@require_safe
def mailbox(request):
    _require_the_demo()
    return render(request, "demo/mailbox.html", {"mails": mails.newest()})


@require_safe
def mail(request, key):
    _require_the_demo()
    found = mails.mail_with(key)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found})


def _require_the_demo():
    if not mails.is_shown():
        raise Http404
