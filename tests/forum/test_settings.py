"""The settings as the environment makes them, in a process of its own, and README's table."""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings as here

from forum.screening.budgets import budgets

SOURCE = Path(here.BASE_DIR) / "forum" / "settings.py"
README = Path(here.BASE_DIR) / "README.md"
# Words to translate need more than the settings, and nobody asks for them here.
PRINT = """
import json
from django.utils.functional import Promise
from forum import settings
named = {name: value for name, value in vars(settings).items() if name.isupper()}
print(json.dumps(named, default=lambda value: "" if isinstance(value, Promise) else str(value)))
"""
# Without these two a start would make a key and a database of its own.
PRIVATE = {
    "DJANGO_SETTINGS_MODULE": "forum.settings",
    "SECRET_KEY": "x" * 50,
    "DATABASE_URL": "postgres://rejoinder@localhost/rejoinder",
}


def started(**environment):
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=here.BASE_DIR,
        env={"PATH": os.environ["PATH"]} | PRIVATE | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def settings_of(*environment):
    """The settings of a site that is started with these variables and no others."""
    run = started(**dict(environment))
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def with_(**environment):
    return settings_of(*sorted(environment.items()))


def variables_read():
    """Every variable that forum/settings.py asks the environment for."""
    found = set()
    for call in ast.walk(ast.parse(SOURCE.read_text())):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        asked, first = ast.unparse(call.func), call.args[0]
        if re.fullmatch(r"env\.\w+", asked) and isinstance(first, ast.Constant):
            found.add(first.value)
        elif asked == "_keys":
            found |= {f"{ast.literal_eval(first)}_CLIENT_{part}" for part in ("ID", "SECRET")}
    return found


def table():
    """What the table says: each variable with the words for its default."""
    rows, said = README.read_text().partition("| variable | default |")[2], {}
    for row in rows.partition("\n\n")[0].splitlines()[2:]:
        variables, default, meaning = row.strip("| ").split(" | ")
        assert meaning, variables
        names = re.findall(r"`(\w+)`", variables)
        words = re.findall(r"(?:`[^`]*`|[^,`])+", default)
        for place, name in enumerate(names):
            assert name not in said
            said[name] = words[min(place, len(words) - 1)].strip()
    return said


def test_table_has_each_variable_that_is_read_and_no_other():
    assert table().keys() == variables_read()


# What these are by default depends on the machine, or is no single value.
IN_WORDS = {
    "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "CACHE_URL", "WEB_CONCURRENCY",
    "REQUIRE_SECOND_FACTOR", "OIDC_SERVER", "OIDC_NAME",
    "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET",
    "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET",
}  # fmt: skip
# Those that the site knows by a library's name.
KNOWN_AS = {"SIGN_IN_BY_CODE": "ACCOUNT_LOGIN_BY_CODE_ENABLED"}
MEANT = {"on": True, "off": False, "empty": "", "nobody": None}


def test_defaults_are_those_that_the_table_says():
    said, are = table(), with_()
    are["DATA_DIR"] = str(Path(are["DATA_DIR"]).relative_to(here.BASE_DIR))
    are["LOG_LEVEL"] = are["LOGGING"]["root"]["level"]
    limits = budgets(said.pop("LIMITS").strip("`"))
    assert {kind: str(budget) for kind, budget in limits.items()} == are["LIMITS"]
    wrong = {}
    for name in said.keys() - IN_WORDS:
        words, value = said[name], are[KNOWN_AS.get(name, name)]
        if value != MEANT.get(words, words.strip("`")) and f"`{value}`" != words:
            wrong[name] = (words, value)
    assert wrong == {}


def test_plain_site_has_no_accounts_elsewhere_and_answers_to_itself():
    are = with_()
    assert are["SOCIALACCOUNT_PROVIDERS"] == {}
    assert are["REQUIRE_SECOND_FACTOR"] is False
    assert set(are["ALLOWED_HOSTS"]) == {"127.0.0.1", "localhost", "[::1]"}


def test_site_that_is_reached_by_https_has_all_that_it_asks_for():
    are = with_(SITE_URL="https://example.org")
    assert are["REQUIRE_SECOND_FACTOR"] is True
    assert are["ALLOWED_HOSTS"] == ["example.org"]
    assert are["CSRF_TRUSTED_ORIGINS"] == ["https://example.org"]
    assert are["SESSION_COOKIE_SECURE"]
    assert are["CSRF_COOKIE_SECURE"]
    assert are["SECURE_SSL_REDIRECT"]
    assert not are["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
    assert not are.get("USE_X_FORWARDED_HOST")


def test_each_way_of_signing_in_can_be_switched():
    by_default = with_()
    switches = {
        "SIGN_UP_OPEN": "SIGN_UP_OPEN",
        "SIGN_IN_BY_CODE": "ACCOUNT_LOGIN_BY_CODE_ENABLED",
        "PASSKEYS": "MFA_PASSKEY_LOGIN_ENABLED",
    }
    off = with_(**dict.fromkeys(switches, "off"), REQUIRE_SECOND_FACTOR="on")
    for name in switches.values():
        assert (by_default[name], off[name]) == (True, False), name
    assert by_default["MFA_PASSKEY_SIGNUP_ENABLED"]
    assert not off["MFA_PASSKEY_SIGNUP_ENABLED"]
    assert off["REQUIRE_SECOND_FACTOR"]
    assert by_default["ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED"]


def test_addresses_are_confirmed_by_link_where_that_is_set_and_nobody_joins_with_a_passkey_then():
    are = with_(VERIFY_EMAIL_BY="link")
    assert not are["ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED"]
    assert not are["MFA_PASSKEY_SIGNUP_ENABLED"]
    assert are["MFA_PASSKEY_LOGIN_ENABLED"]


def test_accounts_elsewhere_are_there_once_their_keys_are():
    keys = {f"{site}_CLIENT_ID": "x" for site in ("GITHUB", "GOOGLE", "OIDC")}
    keys |= {name.replace("ID", "SECRET"): "y" for name in keys if name != "OIDC_CLIENT_ID"}
    are = with_(**keys, OIDC_CLIENT_SECRET="y", OIDC_SERVER="https://id.example.org")
    found = are["SOCIALACCOUNT_PROVIDERS"]
    assert found.keys() == {"github", "google", "openid_connect"}
    (guild,) = found["openid_connect"]["APPS"]
    assert guild["settings"] == {"server_url": "https://id.example.org"}
    assert guild["name"] == "OpenID Connect"
    assert {f"allauth.socialaccount.providers.{each}" for each in found} <= set(
        are["INSTALLED_APPS"]
    )


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"GITHUB_CLIENT_ID": "x"}, "GITHUB_CLIENT_SECRET"),
        ({"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"}, "OIDC_SERVER"),
        ({"VERIFY_EMAIL_BY": "pigeon"}, "VERIFY_EMAIL_BY"),
        ({"EMAIL_URL": "pigeon://loft"}, "EMAIL_URL"),
        ({"PASSKEYS": "perhaps"}, "PASSKEYS"),
        ({"UNCONFIRMED_KEPT_DAYS": "1"}, "UNCONFIRMED_KEPT_DAYS"),
    ],
)
def test_value_that_cannot_be_meant_stops_the_start_and_is_named(environment, named):
    run = started(**environment)
    assert run.returncode != 0
    assert named in run.stderr
