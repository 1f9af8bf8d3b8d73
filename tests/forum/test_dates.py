from datetime import UTC, datetime

import pytest
from django.template import engines
from django.utils.html import strip_tags

from forum import jinja

django = engines["django"]


@pytest.mark.parametrize("month", range(1, 13))
def test_cards_write_moments_as_all_other_pages_do(month):
    at = datetime(2024, month, 5, 6, 7, tzinfo=UTC)
    written = django.from_string("{% load reading %}{{ at|exactly }}").render({"at": at})
    assert strip_tags(jinja.moment(at)) == strip_tags(written)


def test_days_and_times_are_written_in_one_way():
    at = datetime(2024, 9, 5, 18, 7, tzinfo=UTC)
    formats = ("DATE_FORMAT", "SHORT_DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT")
    page = "".join(f"{{{{ at|date:'{name}' }}}}; " for name in formats)
    assert django.from_string(page).render({"at": at}) == (
        "5 Sep 2024; 5 Sep 2024; 5 Sep 2024, 18:07; 18:07; "
    )
