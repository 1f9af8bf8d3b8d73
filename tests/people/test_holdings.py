"""Nothing that names a member is without a decision, and none is about what is not there."""

import pytest
from django.db.models import PROTECT

from accounts.models import User
from forum.people.holdings import COLUMNS, HOLDINGS, Erased, named


def test_every_column_that_names_a_member_is_decided_on():
    assert {one.label for one in named()} == set(HOLDINGS)


def test_every_column_of_an_account_is_described():
    assert {field.name for field in User._meta.concrete_fields} == set(COLUMNS)


@pytest.mark.parametrize("one", named(), ids=lambda one: one.label)
def test_what_is_given_to_the_member_is_there(one):
    for name in (*one.holding.exported, *filter(None, [one.holding.cleared])):
        one.model._meta.get_field(name)
    for word in (one.holding.what, one.holding.seen_by, one.holding.kept_for):
        assert str(word)


def test_what_must_not_be_deleted_is_not_decided_to_be():
    deleted = [one for one in named() if one.holding.erased is Erased.DELETED]
    assert [one.label for one in deleted if one.field.remote_field.on_delete is PROTECT] == []
