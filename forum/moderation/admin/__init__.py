"""The moderation desk. Moderators (staff) read everything here and act through the verbs of
`forum.moderation.flows`; what only the owner may change asks for a superuser."""

from forum.moderation.admin import (  # noqa: F401
    articles,
    comments,
    headings,
    jobs,
    log,
    members,
    rules,
)
