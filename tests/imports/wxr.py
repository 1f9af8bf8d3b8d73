"""Small WordPress exports, written for the tests."""

import io
from pathlib import Path

from forum.imports import wordpress
from forum.imports.flows import import_wordpress
from forum.imports.wordpress import Post

NAMESPACES = (
    'xmlns:excerpt="{scheme}://wordpress.org/export/{version}/excerpt/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="{scheme}://wordpress.org/export/{version}/"'
)
ANNA = (
    "<wp:author><wp:author_id>2</wp:author_id><wp:author_login>anna</wp:author_login>"
    "<wp:author_email>Anna@example.org</wp:author_email>"
    "<wp:author_display_name><![CDATA[Anna Writer]]></wp:author_display_name></wp:author>\n"
)
END = "</channel>\n</rss>\n"


def head(version: str = "1.2", *, scheme: str = "http", authors: str = ANNA) -> str:
    names = NAMESPACES.format(version=version, scheme=scheme)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {names}>\n<channel>\n'
        f"<title>A blog</title>\n<link>https://old.example.org</link>\n"
        f"<wp:wxr_version>{version}</wp:wxr_version>\n"
        f"<wp:base_blog_url>https://old.example.org</wp:base_blog_url>\n{authors}"
    )


def export(*items: str, **options) -> bytes:
    """A whole file."""
    return (head(**options) + "".join(items) + END).encode()


def item(number: int = 10, *inside: str, **fields: str) -> str:
    """A post, or whatever `post_type` says; `inside` are comments, categories and so on."""
    written = {
        "title": f"Post {number}",
        "link": f"https://old.example.org/2014/post-{number}/",
        "dc:creator": "anna",
        "content:encoded": "One line.\n\nAnother.",
        "excerpt:encoded": "",
        "wp:post_id": str(number),
        "wp:post_date": "2014-05-06 10:00:00",
        "wp:post_date_gmt": "2014-05-06 08:00:00",
        "wp:comment_status": "open",
        "wp:post_name": f"post-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
    }
    for name, value in fields.items():
        prefix = {"content": "content:encoded", "excerpt": "excerpt:encoded", "pubDate": "pubDate"}
        plain = {"title": "title", "link": "link", "creator": "dc:creator"}
        written[prefix.get(name) or plain.get(name) or f"wp:{name}"] = value
    tags = "".join(f"<{n}><![CDATA[{v}]]></{n}>\n" for n, v in written.items() if v is not None)
    return f"<item>\n{tags}{''.join(inside)}</item>\n"


def remark(number: int, text: str = "A remark.", **fields: str) -> str:
    """A comment, a minute after the one with the number before it."""
    written = {
        "comment_id": str(number),
        "comment_author": "Bert",
        "comment_author_email": "",
        "comment_date": "",
        "comment_date_gmt": f"2014-05-06 {9 + number // 60:02}:{number % 60:02}:00",
        "comment_content": text,
        "comment_approved": "1",
        "comment_type": "",
        "comment_parent": "0",
        "comment_user_id": "0",
    }
    renamed = {"author": "comment_author", "email": "comment_author_email"}
    for name, value in fields.items():
        written[renamed.get(name, f"comment_{name}")] = str(value)
    tags = "".join(f"<wp:{n}><![CDATA[{v}]]></wp:{n}>" for n, v in written.items())
    return f"<wp:comment>{tags}</wp:comment>\n"


def heading(name: str, domain: str = "category") -> str:
    return f'<category domain="{domain}" nicename="x"><![CDATA[{name}]]></category>\n'


def meta(key: str, value: str) -> str:
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
        f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>\n"
    )


def at(number: int, name: str, attributes: str = 'rel="nofollow"') -> str:
    """What the plugin wrote: a link to a comment, with an @ before and a colon behind."""
    return f'@<a href="#comment-{number}" {attributes}>{name}</a>:'


def read(data: bytes) -> list[wordpress.Entry]:
    return list(wordpress.read(io.BytesIO(data)))


def posts(data: bytes) -> list[Post]:
    return [entry for entry in read(data) if isinstance(entry, Post)]


def bring_in(*items: str, uploads: Path | None = None, dry_run: bool = False, **options):
    """Import a file of these items; the report."""
    file = io.BytesIO(export(*items, **options))
    return import_wordpress(file=file, uploads=uploads, dry_run=dry_run)


def told(report, kind: str) -> list[str]:
    return [f"{note.item}: {note.reason}" for note in report.notes(kind)]
