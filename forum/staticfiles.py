"""How static files are stored for production, and which modules a script is made of."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StoredFiles(CompressedManifestStaticFilesStorage):
    """Names that carry a hash of the content, also where one script module imports another; and the
    site's own scripts without what browsers do not read."""

    support_js_module_import_aggregation = True

    def save(self, name: str, content: File, max_length: int | None = None) -> str:
        if is_own_script(name):
            content = ContentFile(shortened(content.read()))
        return super().save(name, content, max_length)

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *args: Any, **options: Any
    ) -> Any:
        # Django would give names with hashes to what lies in the source folders.
        stored = {
            path: (self, path) if is_own_script(path) else source for path, source in paths.items()
        }
        return super().post_process(stored, *args, **options)


def is_own_script(name: str) -> bool:
    """Whether a static file is a script of the site's own, and not one of a package."""
    return name.startswith("js/") and name.endswith(".js")


def shortened(script: bytes) -> bytes:
    """The script without comments, indents and line breaks that mean nothing; all names stay."""
    return jsmin(script)


IMPORT = re.compile(r'\bimport\b[^"(]*"\./([\w-]+\.js)"')


@cache
def modules(script: str) -> tuple[str, ...]:
    """The names of the static files without which the script "js/….js" does not run: its own, and
    those of what it imports, and of what that imports. What is imported later is not among them."""
    found = [script]
    for name in found:  # which grows
        source = Path(str(finders.find(name))).read_text()
        found += [new for one in IMPORT.findall(source) if (new := f"js/{one}") not in found]
    return tuple(found)
