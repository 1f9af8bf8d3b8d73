import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whom a member follows and mutes, and of which comments they were told."""

    dependencies = [
        ("comments", "0012_pictures_of_members"),
        ("reading", "0002_one_visit_for_each_state"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonFollowing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("followed_at", models.DateTimeField(null=True)),
                ("muted_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="person_followings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member", "person"), name="following_person_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("followed_at__isnull", False), ("muted_at__isnull", True)),
                            models.Q(("followed_at__isnull", True), ("muted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="following_person_is_one_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("member", models.F("person")), _negated=True),
                        name="following_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ToldOf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="comments.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("comment", "member"), name="told_of_once")
                ],
            },
        ),
    ]
