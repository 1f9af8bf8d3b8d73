import pytest
from django.core.exceptions import ImproperlyConfigured

from forum.secrets import secret_key


def test_private_site_makes_its_key_once_and_for_its_owner_alone(tmp_path):
    key = secret_key(tmp_path / "data", private=True)
    assert len(key) >= 50
    assert secret_key(tmp_path / "data", private=True) == key
    assert [(f.name, f.stat().st_mode & 0o777) for f in (tmp_path / "data").iterdir()] == [
        ("secret_key", 0o600)
    ]


def test_site_with_a_database_elsewhere_must_be_given_its_key(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
        secret_key(tmp_path, private=False)
