from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import LONGEST_NAME, clean_display_name, display_key

LOGIN_NAME = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]*$",
    _("A login name is made of small letters a to z, digits, hyphens and underscores."),
)


class MemberManager(UserManager):
    """Members by login name, which is stored in small letters."""

    def get_by_natural_key(self, username):
        return self.get(username=username.casefold())

    def _create_user_object(self, username, email, password, **fields):
        fields.setdefault("display_name", username)
        return super()._create_user_object(username.casefold(), email, password, **fields)


class User(AbstractUser):
    """A member. Contributors write articles, authors publish theirs too, editors publish and edit
    all; moderators are staff, and the owner is a superuser."""

    first_name = None  # type: ignore[assignment]  # Django takes a field away so
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        _("login name"), max_length=30, unique=True, validators=[LOGIN_NAME]
    )
    display_name = models.CharField(_("name"), max_length=LONGEST_NAME)
    display_key = models.CharField(max_length=4 * LONGEST_NAME, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    biography = models.TextField(_("biography"), max_length=1000, blank=True)
    website = models.CharField(
        _("website"), max_length=200, blank=True, validators=[URLValidator(["http", "https"])]
    )
    is_author = models.BooleanField(
        _("author"), default=False, help_text=_("May write and publish articles.")
    )
    is_contributor = models.BooleanField(
        _("contributor"),
        default=False,
        help_text=_("May write articles and hand them in; an editor publishes them."),
    )
    is_editor = models.BooleanField(
        _("editor"), default=False, help_text=_("May edit and publish the articles of all.")
    )
    banned_at = models.DateTimeField(_("banned since"), null=True, blank=True)
    banned_until = models.DateTimeField(
        _("banned until"), null=True, blank=True, help_text=_("Empty: for good.")
    )
    ban_reason = models.CharField(_("reason of the ban"), max_length=500, blank=True)
    trust_level = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text=_("What they have earned by being here; see forum/screening/trust.py."),
    )
    flags_upheld = models.PositiveIntegerField(default=0, editable=False)
    preferences = models.JSONField(default=dict, editable=False)
    unread_notifications = models.PositiveIntegerField(default=0, editable=False)

    objects = MemberManager()  # type: ignore[misc]  # AbstractUser's is typed as a class variable

    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        indexes = [
            GinIndex(OpClass(Upper("display_name"), "gin_trgm_ops"), name="user_name_trgm"),
            GinIndex(OpClass(Upper("username"), "gin_trgm_ops"), name="user_login_name_trgm"),
            models.Index(F("date_joined").desc(), F("id").desc(), name="user_newest"),
            models.Index(
                "banned_at", condition=models.Q(banned_at__isnull=False), name="user_banned"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_once",
                violation_error_message=_("Another account has this e-mail address."),
            ),
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_login_name_small"
            ),
            models.CheckConstraint(
                condition=models.Q(banned_at__isnull=False) | models.Q(banned_until__isnull=True),
                name="user_ban_has_a_start",
            ),
        ]

    def __str__(self):
        return self.display_name

    def clean(self):
        super().clean()
        self.username = self.username.casefold()
        self.display_name = clean_display_name(self.display_name)
        self.display_key = display_key(self.display_name)

    def save(self, *args, **kwargs):
        self.display_key = display_key(self.display_name)
        if (names := kwargs.get("update_fields")) and "display_name" in names:
            kwargs["update_fields"] = {*names, "display_key"}
        super().save(*args, **kwargs)

    def prefer(self, name: str, choice: str) -> None:
        """Keep a choice for all the member's visits; one query, none when it was made before.

        Other choices stay, also those made elsewhere at the same moment.
        """
        if self.preferences.get(name) == choice:
            return
        self.preferences[name] = choice
        added = models.Value({name: choice}, models.JSONField())
        User.objects.filter(pk=self.pk).update(
            preferences=models.Func(
                F("preferences"), added, template="%(expressions)s", arg_joiner=" || "
            )
        )

    def get_absolute_url(self):
        return reverse("member", args=[self.username])

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name

    @property
    def edits_all(self):
        """Whether the articles of others are theirs to edit and publish."""
        return self.is_editor or self.is_staff

    @property
    def may_publish(self):
        return self.is_author or self.edits_all

    @property
    def may_write(self):
        return self.is_contributor or self.may_publish

    @property
    def is_banned(self):
        """Whether the member is banned at this moment."""
        return self.banned_at is not None and (
            self.banned_until is None or self.banned_until > timezone.now()
        )
