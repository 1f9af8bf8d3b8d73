"""The desk of rules: what happens to a comment before it is out."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.moderation.admin.desk import DeskAdmin
from forum.moderation.trial import tried
from forum.screening import domains, patterns
from forum.screening.models import Action, Kind, Rule
from forum.screening.words import words

MOST_TERMS = 2000
TERMS = {
    Kind.WORDS: _("Write the words, one or a phrase on each line."),
    Kind.PATTERN: _("Write the pattern."),
    Kind.DOMAINS: _("Write the domains, one on each line."),
}
NUMBERS = {
    Kind.FIRST: _("How many comments of a member must be shown before theirs are out at once?"),
    Kind.LINKS: _("How many links may a comment have?"),
    Kind.SPEED: _("How many comments may a member post in the time?"),
    Kind.FORM: _("Within how many seconds does nobody write a comment?"),
    Kind.SPAM: _("From how many of 100 on is it spam? 95 is a good beginning."),
}


class RuleForm(forms.ModelForm):
    """A rule; sent with “Try it” it is never good enough to be saved."""

    is_on = forms.BooleanField(label=_("On"), required=False, initial=True)

    class Meta:
        model = Rule
        fields = [
            *("name", "kind", "terms", "number", "minutes", "up_to_level"),
            *("action", "message", "is_on"),
        ]
        help_texts = {
            "terms": _(
                "Words and phrases, one on each line: found whole, in any case, never inside "
                "other words. A pattern: a regular expression (RE2). Domains, one on each line: "
                "with all below them, and those that look like them."
            ),
            "number": _(
                "Of comments that must be shown first; of links; of comments in the time; of "
                "seconds; of 100 for spam. Of no meaning for the other kinds."
            ),
            "minutes": _("For “more comments than this in a time” alone."),
        }
        widgets = {"terms": forms.Textarea(attrs={"rows": 8, "cols": 60, "spellcheck": "false"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["is_on"] = self.instance.suspended_at is None

    def is_valid(self):
        return super().is_valid() and "_try" not in self.data

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind")
        terms = cleaned.get("terms", "").replace("\r\n", "\n").strip()
        if kind in TERMS and not terms:
            self.add_error("terms", TERMS[kind])
        elif kind in TERMS and "terms" in cleaned:
            cleaned["terms"] = self._terms(kind, terms)
        if kind in NUMBERS and cleaned.get("number") is None and "number" not in self.errors:
            self.add_error("number", NUMBERS[kind])
        if kind == Kind.SPEED and not cleaned.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("In how many minutes?"))
        if kind == Kind.SPEED:
            # Nothing is posted that could wait for a moderator: the next comment has its own turn.
            cleaned["action"] = Action.REFUSE
        if kind == Kind.AKISMET:
            cleaned["action"] = Action.HOLD
        return cleaned

    def _terms(self, kind, terms):
        lines = [line.strip() for line in terms.splitlines() if line.strip()]
        if kind == Kind.PATTERN:
            try:
                patterns.check(terms)
            except patterns.PatternRefused as refusal:
                self.add_error("terms", str(refusal))
            return terms
        if len(lines) > MOST_TERMS:
            self.add_error("terms", _("These are too many lines. Make several rules of them."))
        if kind == Kind.WORDS:
            empty = [line for line in lines if not words(line)]
            message = _("“%(line)s” has no letter or digit.")
        else:
            lines = [domains.domain_named(line) or line for line in lines]
            empty = [line for line in lines if not domains.domain_named(line)]
            message = _("“%(line)s” is no domain. Write example.org.")
        if empty:
            self.add_error("terms", message % {"line": empty[0]})
        return "\n".join(dict.fromkeys(lines))

    def save(self, commit=True):
        if not self.cleaned_data["is_on"]:
            self.instance.suspended_at = self.instance.suspended_at or timezone.now()
        else:
            self.instance.suspended_at = None
        return super().save(commit)


@admin.register(Rule)
class RuleDesk(DeskAdmin):
    """Moderators keep the rules; each change is in the history of the rule."""

    form = RuleForm
    list_display = ["name", "kind", "concerns", "action", "is_on"]
    list_filter = ["kind", "action"]
    ordering = ["name", "pk"]
    sortable_by = []
    change_form_template = "admin/screening/rule/change_form.html"

    def has_add_permission(self, request):
        return request.user.is_active and request.user.is_staff

    has_change_permission = has_delete_permission = DeskAdmin.has_view_permission

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = extra_context or {}
        if request.method == "POST" and "_try" in request.POST:
            rule = self.get_object(request, object_id) if object_id else None
            form = RuleForm(request.POST, instance=rule)
            if not form.errors:
                context["trial"] = tried(form.instance)
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=_("for"))
    def concerns(self, rule):
        return rule.get_up_to_level_display()

    @admin.display(description=_("on"), boolean=True)
    def is_on(self, rule):
        return rule.suspended_at is None
