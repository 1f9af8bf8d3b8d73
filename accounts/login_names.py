"""Which login names can still be had.

A login name stands in the address of a member's page. So a new one must not be a word that speaks
for the site, nor look like one, nor like another member's: `paypa1` beside `paypal`. Looks are
compared as those of display names are (accounts/names.py). The database does the same with
`login_key`, which an index keeps; a test holds the two together.
"""

from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Replace

from accounts.names import display_key

# Who a name like this seems to be, or what an address with it seems to lead to.
RESERVED = """
abuse account accounts admin administration administrator all anonymous api author authors bot
comments contact contributor deleted desk editor editors everyone former guest help here hostmaster
info login logout mail mailer member members me mod moderation moderator moderators mods nobody
noreply null official owner postmaster press privacy robot root search security settings signin
signup site staff status superuser support system team undefined webmaster
""".split()  # noqa: SIM905 - words read best as words
RESERVED_KEYS = {display_key(word) for word in RESERVED}
SEPARATORS = str.maketrans("", "", "-_")


def login_key(column: str = "username") -> Func:
    """What `display_key` makes of a login name, by the database: the letters and digits that it
    may hold and that look alike are few."""
    letters = Func(F(column), Value("01i"), Value("oll"), function="translate")
    return Replace(Replace(letters, Value("m"), Value("rn")), Value("w"), Value("vv"))


def is_reserved(name: str) -> bool:
    """Whether the name is a word of the site's own, or looks like one."""
    return display_key(name.translate(SEPARATORS)) in RESERVED_KEYS


def looking_like(members: QuerySet, name: str) -> QuerySet:
    """Those of the members whose login name looks like this one; one that is the same does."""
    return members.alias(key=login_key()).filter(key=Value(login_name_key(name)))


def login_name_key(name: str) -> str:
    """The value of `login_key` for a name."""
    return name.translate(str.maketrans("01i", "oll")).replace("m", "rn").replace("w", "vv")
