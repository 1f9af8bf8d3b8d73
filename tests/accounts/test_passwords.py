import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.passwords import SHORTEST, BreachedPasswordValidator
from forum import settings as as_deployed
from tests.accounts.signing_in import sign_in
from tests.factories import PASSWORD, make_member


@pytest.mark.parametrize("password", ["1q2w3e4r5t6y7u8i9o", "Iloveyou123", "iloveyou1234567890"])
def test_password_that_leaked_is_refused(password):
    with pytest.raises(ValidationError, match="found in a breach"):
        BreachedPasswordValidator().validate(password)
    with pytest.raises(ValidationError, match="found in a breach"):
        validate_password(password)


@pytest.mark.parametrize("password", [PASSWORD, "rivers run past the gauge", "x" * 10_000])
def test_password_that_nobody_had_passes(password):
    validate_password(password)


@pytest.mark.parametrize("password", ["short", "", "9charlong"])
def test_short_password_is_refused_for_its_length_alone(password):
    BreachedPasswordValidator().validate(password)
    with pytest.raises(ValidationError, match=f"at least {SHORTEST}"):
        validate_password(password)


@pytest.mark.django_db
def test_password_kept_in_an_older_way_is_kept_with_argon2_after_signing_in(client, settings):
    settings.PASSWORD_HASHERS = as_deployed.PASSWORD_HASHERS
    member = make_member()
    member.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    member.save()
    sign_in(client, member)
    member.refresh_from_db()
    assert member.password.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, member.password)
