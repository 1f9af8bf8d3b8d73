from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.login_names import login_key
from accounts.names import LONGEST_NAME, clean_display_name, display_key
from accounts.roles import Role

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
    all; moderators are staff, or moderate some categories alone; the owner is a superuser."""

    first_name = None  # type: ignore[assignment]  # Django takes a field away so
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        _("login name"), max_length=30, unique=True, validators=[LOGIN_NAME]
    )
    display_name = models.CharField(_("name"), max_length=LONGEST_NAME)
    display_key = models.CharField(max_length=4 * LONGEST_NAME, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    is_active = models.BooleanField(
        _("open"),
        default=True,
        help_text=_(
            "Closed, nobody signs in to it and its open sessions end; what it wrote stays, and so "
            "do its name and address. An account is erased by its member, under Your words."
        ),
    )
    biography = models.TextField(_("biography"), max_length=1000, blank=True)
    website = models.CharField(
        _("website"), max_length=200, blank=True, validators=[URLValidator(["http", "https"])]
    )
    pronouns = models.CharField(
        _("pronouns"),
        max_length=30,
        blank=True,
        help_text=_("How others speak of you, as you like."),
    )
    avatar = models.CharField(_("picture"), max_length=100, blank=True, editable=False)
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
    moderated_categories = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Keys of the only categories whose discussions they moderate."),
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
    warned_at = models.DateTimeField(null=True, editable=False)
    warning = models.CharField(
        max_length=1000, blank=True, editable=False, help_text=_("To be read before they post.")
    )
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
            models.Index(login_key(), name="user_login_key"),
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

    def prefer(self, name: str, choice: str | bool) -> None:
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

    @property
    def warning_mark(self) -> str:
        """Tells one warning from the next; empty where none waits to be read."""
        return self.warned_at.isoformat() if self.warned_at else ""

    def take_note_of_warning(self, mark: str) -> None:
        """The member has read the warning with this mark, and can post again; a later one still
        waits."""
        if not mark or mark != self.warning_mark:
            return
        User.objects.filter(pk=self.pk, warned_at=self.warned_at).update(warned_at=None, warning="")
        self.warned_at, self.warning = None, ""

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
    def is_moderator(self):
        """Whether they moderate: everything, or the categories that are theirs."""
        return self.is_active and (self.is_staff or bool(self.moderated_categories))

    @property
    def role(self):
        """The highest of what the member is."""
        held = [
            (self.is_superuser, Role.OWNER),
            (self.is_staff, Role.MODERATOR),
            (self.moderated_categories, Role.CATEGORY_MODERATOR),
            (self.is_editor, Role.EDITOR),
            (self.is_author, Role.AUTHOR),
            (self.is_contributor, Role.CONTRIBUTOR),
        ]
        return next((role for has, role in held if has), Role.MEMBER)

    @property
    def is_banned(self):
        """Whether the member is banned at this moment."""
        return self.banned_at is not None and (
            self.banned_until is None or self.banned_until > timezone.now()
        )


class FormerNameQuerySet(models.QuerySet):
    """Names that members had before, by what they mean now."""

    def reserved(self):
        """Those that nobody else can take yet, and by which their members are still found."""
        since = timezone.now() - timedelta(days=settings.NAMES_RESERVED_DAYS)
        return self.filter(given_up_at__gt=since)


class FormerName(models.Model):
    """A name that a member had before. Written by the database when a name changes (migration
    0007), so no door can forget to; `links_renewed_at` is when the reply links that said it were
    drawn anew."""

    member = models.ForeignKey(User, models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=LONGEST_NAME)
    key = models.CharField(max_length=4 * LONGEST_NAME)
    given_up_at = models.DateTimeField(default=timezone.now)
    links_renewed_at = models.DateTimeField(null=True)

    objects = FormerNameQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["key"], name="former_name_key"),
            models.Index("member", F("given_up_at").desc(), name="former_name_newest"),
            models.Index(
                fields=["id"],
                condition=models.Q(links_renewed_at__isnull=True),
                name="former_name_links_to_renew",
            ),
        ]

    def __str__(self):
        return self.name
