from django.db import migrations, models


class Migration(migrations.Migration):
    """The log can say that the owner took a second factor away."""

    dependencies = [
        ("moderation", "0013_sweeps_that_teach"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logentry",
            name="verb",
            field=models.CharField(
                choices=[
                    ("hide", "hid a comment"),
                    ("restore", "restored a comment"),
                    ("lock", "locked a discussion"),
                    ("unlock", "unlocked a discussion"),
                    ("ban", "banned a member"),
                    ("unban", "lifted a ban"),
                    ("move", "moved a comment"),
                    ("merge_members", "merged an account into another"),
                    ("unmerge_members", "took merged accounts apart"),
                    ("split", "made a thread of a reply"),
                    ("merge", "brought a discussion into another"),
                    ("hide_branch", "hid a comment with its branch"),
                    ("restore_branch", "restored a comment with its branch"),
                    ("lock_branch", "closed a branch to answers"),
                    ("unlock_branch", "opened a branch to answers"),
                    ("redact", "took the words out of an earlier text"),
                    ("approve", "approved a comment"),
                    ("send_back", "sent a comment back to its author"),
                    ("hold", "held a comment"),
                    ("message", "wrote to a member"),
                    ("warn", "warned a member"),
                    ("unwarn", "took a warning back"),
                    ("reopen", "took an approval back"),
                    ("role", "gave a role"),
                    ("remove_picture", "took the picture of a member away"),
                    ("remove_factor", "took the second factor of a member away"),
                    ("let_stand", "let an act stand after an appeal"),
                    ("grant", "undid an act after an appeal"),
                ],
                max_length=20,
                verbose_name="act",
            ),
        ),
    ]
