"""What is stored for browsers."""

import json

from django.core.management import call_command

STORAGES = {"staticfiles": {"BACKEND": "forum.staticfiles.StoredFiles"}}


def test_own_scripts_are_stored_short_and_lead_to_each_other_by_their_hashed_names(
    settings, tmp_path
):
    source = tmp_path / "source"
    (source / "js").mkdir(parents=True)
    (source / "js" / "one.js").write_text('// Why.\nimport { two } from "./two.js";\n\ntwo();\n')
    (source / "js" / "two.js").write_text("// What.\nexport function two() {\n  return 2;\n}\n")
    (source / "other.js").write_text("// A licence.\n")
    settings.STATIC_ROOT = tmp_path / "stored"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | STORAGES
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    one, two, other = (
        (settings.STATIC_ROOT / names[name]).read_text()
        for name in ("js/one.js", "js/two.js", "other.js")
    )
    assert names["js/two.js"].removeprefix("js/") in one
    assert "//" not in one + two
    assert other == "// A licence.\n"
