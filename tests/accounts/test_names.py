import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.names import LONGEST_NAME, clean_display_name, display_key, isolated
from tests.factories import make_member

names = st.text(min_size=1, max_size=LONGEST_NAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "zoë"),
        ("Zoë", unicodedata.normalize("NFD", "Zoë")),
        ("CB", "СВ"),  # Cyrillic capitals
        ("paypal", "pаypаl"),  # Cyrillic а
        ("Bill", "BilI"),
        ("Bill", "Bi11"),
        ("modem", "rnodern".replace("dern", "dem")),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("michael reynolds", "Michael  Reynolds"),
    ],
)
def test_names_that_look_alike_have_one_key(one, other):
    assert display_key(one) == display_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Zoë", "Zoe"), ("Anna", "Hanna"), ("陈思远", "陈思达"), ("Tom T", "Tom S")]
)
def test_names_that_differ_have_different_keys(one, other):
    assert display_key(one) != display_key(other)


@given(names)
def test_key_is_the_same_for_every_form_of_a_name(name):
    for form in ("NFC", "NFD", "NFKC"):
        assert display_key(unicodedata.normalize(form, name)) == display_key(name)


@given(names)
def test_a_cleaned_name_is_clean(name):
    try:
        clean = clean_display_name(name)
    except ValidationError:
        return
    assert clean_display_name(clean) == clean
    assert len(clean) <= LONGEST_NAME


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "...",
        "a\u202eb",
        "zero\u200bwidth",
        "x" * 61,
        "@home",
        "no#7",
        "<b>",
        "ends:",
        "nul\x00",
    ],
)
def test_name_that_would_mislead_is_refused(name):
    with pytest.raises(ValidationError):
        clean_display_name(name)


@pytest.mark.parametrize(
    "name",
    ["michael reynolds", "Zoë", "d'Artagnan", "ليلى حداد", "陈思远", "J.J.", "Oisín Ó Briain"],
)
def test_name_as_people_write_it_is_kept(name):
    assert clean_display_name(f" {name} ") == name


@pytest.mark.django_db
def test_second_member_with_a_look_alike_name_is_refused_by_the_database():
    make_member("Zoë")
    with pytest.raises(IntegrityError):
        make_member("ZOË")


@pytest.mark.django_db
def test_renamed_member_frees_the_old_name():
    member = make_member("Old Name")
    member.display_name = "New Name"
    member.save(update_fields=["display_name"])
    assert User.objects.get(pk=member.pk).display_key == display_key("New Name")
    make_member("Old Name")


@pytest.mark.parametrize("name", ["Zoë", "陈思远", "7 of 9"])
def test_name_that_turns_nothing_round_is_said_as_it_is(name):
    assert isolated(name) == name


@pytest.mark.parametrize("name", ["חנה", "سعيد", "Hanna חנה"])
def test_name_from_right_to_left_is_set_apart_in_a_sentence(name):
    assert isolated(name) == f"\u2068{name}\u2069"
