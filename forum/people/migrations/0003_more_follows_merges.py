from django.db import migrations

# Whose a row is that an account writes now; nobody's where the account was erased.
HEIR = """
CREATE FUNCTION heir_of_member(writer bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN member_who_writes(writer);
EXCEPTION WHEN check_violation THEN
  RETURN NULL;
END $$;
"""
# Arguments: whether the heir ($2) has the same already or it would be about themselves, of a row
# ($1); and the words that are emptied where the account was erased.
FOLLOWS = """
CREATE FUNCTION {column}_is_heir() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_open boolean;
  heir bigint;
  has_it boolean;
BEGIN
  -- The row of the member is waited for as a foreign key waits for it.
  SELECT is_active INTO is_open FROM accounts_user WHERE id = NEW.{column} FOR KEY SHARE;
  IF is_open THEN
    RETURN NEW;
  END IF;
  heir := heir_of_member(NEW.{column});
  IF heir IS NULL THEN
    RETURN jsonb_populate_record(NEW, TG_ARGV[1]::jsonb);
  END IF;
  EXECUTE 'SELECT ' || TG_ARGV[0] INTO has_it USING NEW, heir;
  IF NOT has_it THEN
    NEW.{column} := heir;
  END IF;
  RETURN NEW;
END $$;
"""
TRIGGER = """
CREATE TRIGGER {name} BEFORE INSERT ON {table}
  FOR EACH ROW EXECUTE FUNCTION {column}_is_heir('{unless}', '{emptied}');
"""
DRAFT = """
  EXISTS (SELECT FROM comments_draft WHERE member_id = $2 AND (
    parent_id = $1.parent_id OR comment_id = $1.comment_id
    OR num_nonnulls(parent_id, comment_id, $1.parent_id, $1.comment_id) = 0
       AND article_id = $1.article_id))
"""
FLAG = """
  $1.author_id = $2
  OR EXISTS (SELECT FROM flags_flag WHERE member_id = $2 AND comment_id = $1.comment_id)
"""
FOLLOWING = """
  EXISTS (SELECT FROM reading_following WHERE member_id = $2 AND article_id = $1.article_id
    AND branch_id IS NOT DISTINCT FROM $1.branch_id)
"""
FOLLOWED = """
  $1.{other} = $2
  OR EXISTS (SELECT FROM reading_personfollowing WHERE {own} = $2 AND {other} = $1.{other})
"""
WORKING_COPY = """
  EXISTS (SELECT FROM articles_workingcopy WHERE editor_id = $2 AND (
    article_id = $1.article_id OR write_key = $1.write_key))
"""
NO_TEXT = '{"text": ""}'
TRIGGERS = [
    ("comments_draft", "member_id", DRAFT, '{"text": "", "returned": ""}'),
    ("flags_flag", "member_id", FLAG, '{"words": "", "network": null}'),
    ("reading_following", "member_id", FOLLOWING, "{}"),
    (
        "reading_personfollowing",
        "member_id",
        FOLLOWED.format(own="member_id", other="person_id"),
        "{}",
    ),
    (
        "reading_personfollowing",
        "person_id",
        FOLLOWED.format(own="person_id", other="member_id"),
        "{}",
    ),
    ("notifications_notification", "member_id", "false", "{}"),
    ("moderation_message", "member_id", "false", NO_TEXT),
    ("fairness_appeal", "member_id", "false", NO_TEXT),
    ("articles_workingcopy", "editor_id", WORKING_COPY, '{"fields": {}}'),
]
COLUMNS = ["member_id", "person_id", "editor_id"]


def named(table, column):
    return f"{table}_{column}_is_heir"


class Migration(migrations.Migration):
    """What an account begins, follows, flags and is told in the moment in which it is merged is the
    kept one's, where that one does not have the same; and what it writes in the moment in which it
    is erased has no words."""

    dependencies = [
        ("people", "0002_merging"),
        ("comments", "0025_origins"),
        ("flags", "0003_network"),
        ("reading", "0003_people"),
        ("notifications", "0001_first"),
        ("moderation", "0014_verbs"),
        ("fairness", "0001_first"),
        ("articles", "0013_who_may_comment"),
    ]

    operations = [
        migrations.RunSQL(HEIR, "DROP FUNCTION heir_of_member(bigint);"),
        *(
            migrations.RunSQL(FOLLOWS.format(column=column), f"DROP FUNCTION {column}_is_heir();")
            for column in COLUMNS
        ),
        *(
            migrations.RunSQL(
                TRIGGER.format(
                    name=named(table, column),
                    table=table,
                    column=column,
                    unless=unless,
                    emptied=emptied,
                ),
                f"DROP TRIGGER {named(table, column)} ON {table};",
            )
            for table, column, unless, emptied in TRIGGERS
        ),
    ]
