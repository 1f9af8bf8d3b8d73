"""How static files are stored for production."""

from typing import Any

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
