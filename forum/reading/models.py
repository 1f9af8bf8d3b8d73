from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.articles.models import Article
from forum.comments.models import Comment
from forum.reading.marks import NumberRanges


class ReadMark(models.Model):
    """Which comments of a discussion a member has seen.

    `undone_to` is what `seen` was before the last act that changed it at a stroke (mark all read,
    set back to a visit), so that the act can be undone.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="read_marks")
    article = models.ForeignKey(Article, models.CASCADE, related_name="read_marks")
    seen = NumberRanges(default=list)
    undone_to = NumberRanges(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "article"], name="read_mark_once"),
        ]

    def __str__(self):
        return f"{self.member} in {self.article}"


class Visit(models.Model):
    """A member came to a discussion when `last_number` was its newest comment.

    Coming again before anything was added takes the place of the visit before: what was new since
    is the same. How long a visit lasts and how many are kept is said in `forum.reading.marks`.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits")
    article = models.ForeignKey(Article, models.CASCADE, related_name="visits")
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    last_number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "article", "last_number"], name="visit_once"),
        ]

    def __str__(self):
        return f"{self.member} in {self.article}, {self.began_at:%Y-%m-%d %H:%M}"


class Following(models.Model):
    """A member follows or mutes a discussion, or the branch of it that starts at a comment.

    The narrower wins: a muted branch in a followed discussion stays muted.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followings")
    article = models.ForeignKey(Article, models.CASCADE, related_name="followings")
    branch = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="followings"
    )
    followed_at = models.DateTimeField(null=True)
    muted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "article"],
                condition=Q(branch__isnull=True),
                name="following_article_once",
            ),
            models.UniqueConstraint(
                fields=["member", "branch"],
                condition=Q(branch__isnull=False),
                name="following_branch_once",
            ),
            models.CheckConstraint(
                condition=Q(followed_at__isnull=False, muted_at__isnull=True)
                | Q(followed_at__isnull=True, muted_at__isnull=False),
                name="following_is_one_of_two",
            ),
        ]

    def __str__(self):
        return f"{self.member}: {self.branch or self.article}"


class PersonFollowing(models.Model):
    """A member follows or mutes another; nobody is told."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="person_followings"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followers")
    followed_at = models.DateTimeField(null=True)
    muted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "person"], name="following_person_once"),
            models.CheckConstraint(
                condition=Q(followed_at__isnull=False, muted_at__isnull=True)
                | Q(followed_at__isnull=True, muted_at__isnull=False),
                name="following_person_is_one_of_two",
            ),
            models.CheckConstraint(
                condition=~Q(member=models.F("person")), name="following_another_person"
            ),
        ]

    def __str__(self):
        return f"{self.member}: {self.person}"


class ToldOf(models.Model):
    """A member was told of a comment that answers or names them: once, whatever becomes of it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "member"], name="told_of_once"),
        ]

    def __str__(self):
        return f"{self.member}: {self.comment}"
