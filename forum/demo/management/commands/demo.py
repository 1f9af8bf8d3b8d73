from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.demo.flows import DemoRefused, load_demo


class Command(BaseCommand):
    help = "Load the demo community, in place of all that is in the database."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing where the site has any member."
        )

    def handle(self, *, if_empty, **options):
        if if_empty and User.objects.exists():
            return
        self.stdout.write("Loading the demo community …")
        try:
            password = load_demo(folder=settings.DATA_DIR)
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{User.objects.count()} people, {Article.objects.count()} articles, "
            f"{Comment.objects.count()} comments. Everybody's password: {password}"
        )
