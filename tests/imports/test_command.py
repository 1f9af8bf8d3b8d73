import os
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.models import ImportedArticle
from tests.imports.wxr import at, export, head, item, remark
from tests.invariants import assert_threads_sound

pytestmark = pytest.mark.django_db

# In a process of its own, on the database of the tests.
IMPORT = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.core.management import call_command
call_command("import_wordpress", sys.argv[2])
"""


@pytest.fixture
def bring_in(tmp_path):
    """Runs the command on a file of these bytes; what it said."""

    def run(data, **options):
        file = tmp_path / "export.xml"
        file.write_bytes(data)
        said = StringIO()
        try:
            call_command("import_wordpress", str(file), stdout=said, **options)
        finally:
            run.said = said.getvalue()
        return run.said

    return run


def test_report_says_what_came_in_and_what_did_not(bring_in):
    said = bring_in(
        export(
            item(
                10,
                remark(1, author="Ada"),
                remark(2, "@Ada: Yes."),
                remark(3, approved="spam"),
                remark(4, parent=99),
                remark(5, approved="0"),
                remark(6, type="pingback"),
                remark(7, type="pingback"),
                content='<img src="https://old.example.org/a.jpg">',
                comment_status="closed",
            ),
            item(11, post_type="page"),
        )
    )
    lines = said.splitlines()
    assert lines[0] == "This came in:"
    assert {"  1 article", "  4 comments", "  1 author", "  2 members"} <= set(lines)
    assert "Comments that wait for a moderator: 1." in lines
    assert "Discussions that are closed, as they were: 1." in lines
    for heading, words in [
        ("What did not come in:", "comment 3 by Bert: it was marked as spam"),
        ("What did not come in:", "comment 6 by Bert: it is a pingback"),
        ("What did not come in:", "page 11 “Post 11”: it is a page"),
        ("Pictures that did not come in:", "https://old.example.org/a.jpg: no uploads folder"),
        ("Reply links that were found by name alone:", "“@Ada” was taken for comment 1"),
        ("What is different here:", "it answers comment 99, which did not come in"),
    ]:
        section = said[said.index(heading) :].split("\n\n")[0]
        [line] = [line for line in section.splitlines() if words in line]
        assert line.startswith("  line ")
    assert "    2: it is a pingback, not a comment" in lines


def test_lines_of_the_report_are_lines_of_the_file(bring_in):
    data = export(item(10, remark(1), remark(2, approved="spam")))
    [line] = [one for one in bring_in(data).splitlines() if "comment 2 by" in one]
    number = int(line.split()[1].rstrip(":"))
    assert b"<wp:comment_id><![CDATA[2]]>" in data.split(b"\n")[number - 1]


def test_dry_run_says_so(bring_in):
    said = bring_in(export(item(10, remark(1), remark(2, at(1, "Bert")))), dry_run=True)
    assert said.startswith("This would come in:")
    assert said.endswith("Nothing was changed.\n")
    assert not Article.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_import_that_was_killed_goes_on(tmp_path, bring_in):
    posts = 80
    data = export(*(item(n, *(remark(n * 10 + c) for c in range(5))) for n in range(1, posts + 1)))
    (tmp_path / "large.xml").write_bytes(data)
    running = subprocess.Popen(
        [sys.executable, "-c", IMPORT, connection.settings_dict["NAME"], tmp_path / "large.xml"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL,
    )
    while not Article.objects.exists():
        assert running.poll() is None
        time.sleep(0.005)
    running.kill()
    running.wait()
    assert 0 < Article.objects.count() < posts
    assert Comment.objects.count() == ImportedArticle.objects.count() * 5
    assert "here already" in bring_in(data)
    assert Article.objects.count() == ImportedArticle.objects.count() == posts
    assert Comment.objects.exclude(former_id=None).count() == posts * 5
    assert_threads_sound()


def test_second_run_says_that_all_is_there(bring_in):
    bring_in(export(item(10)))
    said = bring_in(export(item(10)))
    assert "  0 articles" in said
    assert "1 article was here already" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"words", "not XML"),
        (b"<rss><channel/></rss>", "not a WordPress export"),
    ],
)
def test_files_that_are_no_export_are_refused_in_a_sentence(bring_in, data, said):
    with pytest.raises(CommandError, match=said):
        bring_in(data)


def test_missing_files_and_folders_are_refused_in_a_sentence(bring_in, tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_wordpress", str(tmp_path / "none.xml"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_wordpress", str(tmp_path))
    with pytest.raises(CommandError, match="There is no folder"):
        bring_in(export(item(10)), uploads=tmp_path / "none")


def test_damaged_file_fails_after_the_report(bring_in):
    data = (head() + item(10)).encode() + b"<item><title>Half</title>"
    with pytest.raises(CommandError, match=r"“Half”.*What came before it is in\."):
        bring_in(data)
    assert "  1 article\n" in bring_in.said
    assert Article.objects.count() == 1
