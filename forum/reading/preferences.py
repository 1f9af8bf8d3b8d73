"""How somebody reads: chosen on one page, kept with the account of a member, and for readers in
cookies."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import choices
from forum.reading import cookies, orders, themes
from forum.reading.telling import BY_MAIL


class ReadingForm(forms.Form):
    """What everybody can choose."""

    theme = forms.ChoiceField(
        label=gettext_lazy("Light or dark"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", gettext_lazy("As my device says")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order of the comments"),
        widget=forms.RadioSelect,
        choices=[
            ("threads", gettext_lazy("Threads: answers stand below what they answer")),
            ("time", gettext_lazy("In order of time")),
            ("likes", gettext_lazy("Threads, the most liked first")),
        ],
    )


class MembersReadingForm(ReadingForm):
    """What members can choose besides."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    mail_answers = forms.BooleanField(
        label=gettext_lazy("Send me a mail when somebody answers or names me"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in choices.time_zones()]
        site = _("That of the site (%(zone)s)") % {"zone": settings.TIME_ZONE}
        self.fields["time_zone"].choices = [("", site), *zones]
        if len(settings.LANGUAGES) > 1:
            as_browser = _("As my browser says")
            self.fields["language"].choices = [("", as_browser), *settings.LANGUAGES]
        else:
            del self.fields["language"]


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    form_of = MembersReadingForm if request.user.is_authenticated else ReadingForm
    chosen = {themes.NAME: themes.theme_for(request), orders.NAME: orders.order_for(request)}
    if request.user.is_authenticated:
        chosen = request.user.preferences | chosen
    form = form_of(request.POST if request.method == "POST" else None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        response = redirect("preferences")
        _keep(request, response, form.cleaned_data)
        messages.success(request, _("Saved."))
        return response
    return render(request, "reading/preferences.html", {"form": form})


def _keep(request, response, chosen):
    """Members' choices at once, readers' in cookies. The order is in both, as everywhere."""
    cookies.keep(response, orders.NAME, chosen[orders.NAME])
    if not request.user.is_authenticated:
        cookies.keep(response, themes.NAME, chosen[themes.NAME])
        return
    for name in (choices.TIME_ZONE, choices.LANGUAGE, themes.NAME, orders.NAME, BY_MAIL):
        if name in chosen:
            request.user.prefer(name, chosen[name])
