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
    "csp",
    "procrastinate.contrib.django",
    "accounts",
    "forum.tags",
    "forum.cards",
    "forum.notifications",
    "forum.articles",
    "forum.screening",
    "forum.comments",
    "forum.reading",
    "forum.moderation",
    "forum.imports",
    "forum.demo",
]
MIDDLEWARE = [
    "forum.reading.kept_pages.KeptPages",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "forum.imports.redirects.OldAddresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "forum.screening.limits.Limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
        else "forum.staticfiles.HashedFiles"
    },
}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "accounts.forms.SignUpForm", "login": "accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _address.scheme

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
# Open pages of a process that are told of new comments at once; each takes a thread. Further ones
# try again later.
MOST_STREAMS = env.int("MOST_STREAMS", default=100)

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
