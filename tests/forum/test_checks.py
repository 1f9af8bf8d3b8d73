import pytest

from forum.checks import (
    mail_reaches_people,
    nobody_has_the_demo_password,
    site_is_reached_by_https,
)
from tests.factories import make_member

DEPLOYED = {
    "SITE_URL": "https://example.org",
    "TRUSTED_PROXIES": 1,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "The desk <desk@example.org>",
}


@pytest.fixture
def deployed(settings):
    for name, value in DEPLOYED.items():
        setattr(settings, name, value)
    return settings


def found(check, **options):
    return [message.id for message in check(app_configs=None, **options)]


def test_deployed_site_passes(deployed):
    assert found(site_is_reached_by_https) == []
    assert found(mail_reaches_people) == []


@pytest.mark.parametrize(
    ("check", "name", "value", "expected"),
    [
        (site_is_reached_by_https, "SITE_URL", "http://example.org", "rejoinder.W001"),
        (site_is_reached_by_https, "TRUSTED_PROXIES", 0, "rejoinder.E001"),
        (
            mail_reaches_people,
            "EMAIL_BACKEND",
            "django.core.mail.backends.filebased.EmailBackend",
            "rejoinder.E002",
        ),
        (mail_reaches_people, "DEFAULT_FROM_EMAIL", "Desk <noreply@localhost>", "rejoinder.E003"),
        (mail_reaches_people, "DEFAULT_FROM_EMAIL", "", "rejoinder.E003"),
    ],
)
def test_a_setting_that_harms_is_found(deployed, check, name, value, expected):
    setattr(deployed, name, value)

    assert found(check) == [expected]


@pytest.mark.django_db
def test_the_demo_password_is_found_only_where_it_works(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    owner = make_member(username="owner", is_superuser=True)
    owner.set_password("abc123-def456")
    owner.save()

    def ids():
        return found(nobody_has_the_demo_password, databases=["default"])

    assert ids() == []
    (tmp_path / "demo_password").write_text("abc123-def456")
    assert ids() == ["rejoinder.E004"]
    owner.set_password("another one")
    owner.save()
    assert ids() == []
