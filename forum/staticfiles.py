"""How static files are stored for production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names that carry a hash of the content, also where one script module imports another."""

    support_js_module_import_aggregation = True
