"""How the site writes days and times: the same everywhere, in as little room as a card has.

Django asks here first, and itself for the rest. `forum.jinja.moment` writes the same on cards.
"""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j M"
