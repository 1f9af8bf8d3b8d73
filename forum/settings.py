"""Every setting of the site, read from the environment once, top to bottom.

A value that is missing or cannot be read stops the start with a sentence that names it. What can
only be judged when everything is known is in `forum/checks.py`. README lists each variable.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from forum.database import configuration
from forum.screening.budgets import budgets
from forum.secrets import secret_key

env = Env()


def _forms(**forms: str) -> dict[str, str]:
    return {use: f"accounts.signin_forms.{form}" for use, form in forms.items()}


def _keys(variables: str, **more: object) -> list[dict[str, object]]:
    """How the site is known to another one; empty where it is not."""
    known_as = env.str(f"{variables}_CLIENT_ID", default="")
    if not known_as:
        return []
    return [{"client_id": known_as, "secret": env.str(f"{variables}_CLIENT_SECRET"), **more}]


BASE_DIR = Path(__file__).resolve().parent.parent
# All that is made at run time: the private database, uploads, collected static files, mail.
DATA_DIR = env.path("DATA_DIR", default=BASE_DIR / ".data")

# --- Where the site is -----------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SITE_NAME = env.str("SITE_NAME", default="Rejoinder")
SITE_TAGLINE = env.str("SITE_TAGLINE", default="")
# Where and with how many processes `make run` serves; more than one a core gain nothing.
LISTEN = env.str("LISTEN", default="127.0.0.1")
PORT = env.int("PORT", default=8000, validate=validate.Range(1, 65535))
WEB_CONCURRENCY = env.int(
    "WEB_CONCURRENCY", default=min(os.cpu_count() or 1, 4), validate=validate.Range(1, 64)
)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
_address = urlsplit(SITE_URL)
_https = _address.scheme == "https"
DATABASE_URL = env.str("DATABASE_URL", default="")
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(DATA_DIR, private=not DATABASE_URL)

ALLOWED_HOSTS = [_address.hostname or "", *env.list("ALLOWED_HOSTS", default=[])]
if not _https:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_FAILURE_VIEW = "accounts.views.stale_form"
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]
# How many reverse proxies of the site's own stand in front of it; addresses are believed from
# no others.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
    }
}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

# --- What it is made of -----------------------------------------------------------------------
INSTALLED_APPS = [
    "forum.apps.ForumConfig",
    "forum.moderation.apps.AdminSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "mptt",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "csp",
    "procrastinate.contrib.django",
    "accounts",
    "forum.tags",
    "forum.cards",
    "forum.notifications",
    "forum.articles",
    "forum.screening",
    "forum.comments",
    "forum.flags",
    "forum.reading",
    "forum.moderation",
    "forum.fairness",
    "forum.imports",
    "forum.people",
    "forum.demo",
]
MIDDLEWARE = [
    "forum.reading.kept_pages.KeptPages",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.leaving.LeavingByPage",
    "forum.imports.redirects.OldAddresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "forum.screening.limits.Limits",
    "accounts.choices.MembersChoices",
    "accounts.last_seen.LastSeen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactorGate",
]
ROOT_URLCONF = "forum.urls"
WSGI_APPLICATION = "forum.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja"],
        "OPTIONS": {"environment": "forum.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "forum.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data -------------------------------------------------------------------------------------
DATABASES = {"default": configuration(DATA_DIR, DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.dj_cache_url("CACHE_URL", default="locmem://")}
if CACHES["default"]["BACKEND"].endswith(".LocMemCache"):
    CACHES["default"]["BACKEND"] = "forum.process_cache.ProcessCache"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "forum.staticfiles.StoredFiles"
    },
}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{hasher}"
    # A password that is kept in an older way is kept in the first when its owner signs in.
    for hasher in ("Argon2PasswordHasher", "PBKDF2PasswordHasher")
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", default=True)
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "login": "accounts.forms.SignInForm",
    **_forms(
        add_email="AddEmailForm",
        change_password="ChangePasswordForm",
        set_password="SetPasswordForm",
        reset_password="ResetPasswordForm",
        reset_password_from_key="ResetPasswordKeyForm",
        reauthenticate="ReauthenticateForm",
        request_login_code="RequestLoginCodeForm",
        confirm_login_code="ConfirmLoginCodeForm",
        confirm_email_verification_code="ConfirmEmailCodeForm",
    ),
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = env.bool("SIGN_IN_BY_CODE", default=True)
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # seconds; mail takes its time
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
VERIFY_EMAIL_BY = env.str(
    "VERIFY_EMAIL_BY", default="code", validate=validate.OneOf(["code", "link"])
)
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = VERIFY_EMAIL_BY == "code"
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Only who gave an address without an account could change it, which would tell the two apart.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# Beside allauth's own limits: how often a page may ask whether a login name is free.
ACCOUNT_RATE_LIMITS = {"login_name": "60/m/ip"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _address.scheme

# How often a member can change the name that others see, within 30 days; and for how many days
# nobody else can take a name that was given up.
NAME_CHANGES_A_MONTH = env.int(
    "NAME_CHANGES_A_MONTH", default=2, validate=validate.Range(min=0, max=1000)
)
NAMES_RESERVED_DAYS = env.int("NAMES_RESERVED_DAYS", default=365, validate=validate.Range(min=0))
# How long an account waits for its address to be confirmed: longer than a link in a mail is good.
UNCONFIRMED_KEPT_DAYS = env.int(
    "UNCONFIRMED_KEPT_DAYS", default=14, validate=validate.Range(min=4, max=3650)
)

# Those with power over what others wrote must have a second factor.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=_https)
PASSKEYS = env.bool("PASSKEYS", default=True)
MFA_ADAPTER = "accounts.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = PASSKEYS
# allauth keeps in the session that a passkey is to be made, so the mail must not lead elsewhere.
MFA_PASSKEY_SIGNUP_ENABLED = PASSKEYS and VERIFY_EMAIL_BY == "code"
# Browsers let http://localhost have passkeys as well, for trying them out.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = _forms(
    authenticate="AuthenticateForm",
    reauthenticate="ReauthenticateByCodeForm",
    activate_totp="ActivateTOTPForm",
    add_webauthn="AddPasskeyForm",
    signup_webauthn="SignUpPasskeyForm",
    edit_webauthn="EditPasskeyForm",
)

# Accounts elsewhere to sign in with: each is on when its keys are set.
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.SocialSignUpForm"}
# A name is chosen, not taken over; and an account here is never entered because another site says
# that it knows the e-mail address.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
_oidc_server = env.str("OIDC_SERVER", default="")
if env.str("OIDC_CLIENT_ID", default="") and not _oidc_server:
    raise ImproperlyConfigured("OIDC_CLIENT_ID is set, but OIDC_SERVER, its address, is not.")
_elsewhere: dict[str, dict[str, list]] = {
    "github": {"APPS": _keys("GITHUB"), "SCOPE": ["user:email"]},
    "google": {"APPS": _keys("GOOGLE"), "SCOPE": ["profile", "email"]},
    "openid_connect": {
        "APPS": _keys(
            "OIDC",
            provider_id="oidc",
            name=env.str("OIDC_NAME", default="OpenID Connect"),
            settings={"server_url": _oidc_server},
        )
    },
}
SOCIALACCOUNT_PROVIDERS = {site: keys for site, keys in _elsewhere.items() if keys["APPS"]}
INSTALLED_APPS += [f"allauth.socialaccount.providers.{each}" for each in SOCIALACCOUNT_PROVIDERS]

# --- Mail -------------------------------------------------------------------------------------
_mail = env.dj_email_url("EMAIL_URL") if env.str("EMAIL_URL", default="") else {}
if _mail and "EMAIL_BACKEND" not in _mail:
    raise ImproperlyConfigured(
        "EMAIL_URL must begin with submission:// (encrypted, port 587) or smtp:// (not encrypted)."
    )
if _mail:
    vars().update({name: value for name, value in _mail.items() if name.isupper()})
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = _mail.get("EMAIL_TIMEOUT") or 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "forum" / "locale"]
FORMAT_MODULE_PATH = "forum.formats"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

# --- The discussion ---------------------------------------------------------------------------
COMMENTS_PER_PAGE = env.int("COMMENTS_PER_PAGE", default=500)
LONGEST_COMMENT = env.int("LONGEST_COMMENT", default=20_000)  # characters
EDIT_WINDOW_MINUTES = env.int("EDIT_WINDOW_MINUTES", default=15)
TYPO_WINDOW_MINUTES = env.int("TYPO_WINDOW_MINUTES", default=24 * 60)
ARTICLES_PER_PAGE = env.int("ARTICLES_PER_PAGE", default=20)
# Fetch the titles of pages that articles link to in a paragraph of its own.
LINK_CARDS = env.bool("LINK_CARDS", default=True)
# How many comments of a new member are shown to moderators; 0 for none.
FIRST_COMMENTS_REVIEWED = env.int("FIRST_COMMENTS_REVIEWED", default=3)
# A comment is held by itself when this many members flagged it, and their flags weigh so much
# together: half for a first flag, up to one for members who are always right.
FLAGS_TO_HOLD = env.int("FLAGS_TO_HOLD", default=3, validate=validate.Range(1))
FLAG_WEIGHT_TO_HOLD = env.float("FLAG_WEIGHT_TO_HOLD", default=2.0)
FLAGS_PER_DAY = env.int("FLAGS_PER_DAY", default=30)
# For so long it can be seen that two comments, or two flags, came from one network address: a keyed
# hash of it is kept, never the address. 0: not at all.
ADDRESS_HASHES_KEPT_DAYS = env.int(
    "ADDRESS_HASHES_KEPT_DAYS", default=14, validate=validate.Range(0, 365)
)
# Pictures that one member can send into the editor within 24 hours; 0: any number.
PICTURES_PER_DAY = env.int("PICTURES_PER_DAY", default=100)
# Open pages of a process that are told of new comments at once; each takes a thread. Further ones
# try again later.
MOST_STREAMS = env.int("MOST_STREAMS", default=100)
# Of these, to one address at once: as many as people share one.
MOST_STREAMS_OF_AN_ADDRESS = env.int("MOST_STREAMS_OF_AN_ADDRESS", default=20)

# --- Moderation -------------------------------------------------------------------------------
# Whether everybody may read at /moderation/log/ what moderators did, and whose names stand there.
PUBLIC_MODERATION_LOG = env.bool("PUBLIC_MODERATION_LOG", default=True)
MODERATION_LOG_NAMES_MEMBERS = env.bool("MODERATION_LOG_NAMES_MEMBERS", default=False)
MODERATION_LOG_NAMES_MODERATORS = env.bool("MODERATION_LOG_NAMES_MODERATORS", default=False)

# --- What is posted ---------------------------------------------------------------------------
# How much may be written in a time; see forum/screening/budgets.py.
try:
    LIMITS = budgets(env.str("LIMITS", default=""))
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error
# From so many flags above it on, an answer waits; two minutes, and one for each flag.
HEAT_FLAGS = env.int("HEAT_FLAGS", default=2, validate=validate.Range(1))
# The level of trust from which pictures are shown in comments; empty for nobody.
COMMENT_PICTURES_FROM = env.int(
    "COMMENT_PICTURES_FROM", default=None, validate=validate.Range(0, 3)
)
# With a key, what new members post is sent to Akismet, which says whether it is spam.
AKISMET_KEY = env.str("AKISMET_KEY", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
