from django.db import migrations

FOLLOWS = """
CREATE FUNCTION member_is_heir(former bigint, heir bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT former IS NOT DISTINCT FROM heir OR EXISTS (
    SELECT FROM people_merge
     WHERE (gone_id, kept_id) = (former, heir) AND undone_at IS NULL
        OR (kept_id, gone_id) = (former, heir) AND undone_at IS NOT NULL)
$$;
CREATE OR REPLACE FUNCTION moderation_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(OLD) - 'moderator_id' - 'member_id' = to_jsonb(NEW) - 'moderator_id' - 'member_id'
     AND member_is_heir(OLD.moderator_id, NEW.moderator_id)
     AND member_is_heir(OLD.member_id, NEW.member_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The moderation log only grows.';
END $$;
"""
FOLLOWS_NOT = """
CREATE OR REPLACE FUNCTION moderation_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The moderation log only grows.';
END $$;
DROP FUNCTION member_is_heir(bigint, bigint);
"""
INHERITS = """
-- Waits for a merge or an erasure that has the member's row, and then knows how it ended.
CREATE FUNCTION member_who_writes(writer bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  is_open boolean;
  heir bigint;
BEGIN
  LOOP
    SELECT is_active INTO is_open FROM accounts_user WHERE id = writer FOR KEY SHARE;
    IF is_open IS NOT FALSE THEN
      RETURN writer;
    END IF;
    IF EXISTS (SELECT FROM people_erasure WHERE account_id = writer) THEN
      RAISE EXCEPTION 'This account is erased.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT kept_id INTO heir FROM people_merge WHERE gone_id = writer AND undone_at IS NULL;
    IF heir IS NULL THEN
      RETURN writer;
    END IF;
    writer := heir;
  END LOOP;
END $$;
CREATE FUNCTION author_is_heir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.author_id := member_who_writes(NEW.author_id);
  RETURN NEW;
END $$;
CREATE FUNCTION liking_member_is_heir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.member_id := member_who_writes(NEW.member_id);
  RETURN NEW;
END $$;
CREATE TRIGGER comment_author_is_heir BEFORE INSERT ON comments_comment
  FOR EACH ROW EXECUTE FUNCTION author_is_heir();
CREATE TRIGGER article_author_is_heir BEFORE INSERT ON articles_article
  FOR EACH ROW EXECUTE FUNCTION author_is_heir();
CREATE TRIGGER liking_member_is_heir BEFORE INSERT ON comments_like
  FOR EACH ROW EXECUTE FUNCTION liking_member_is_heir();
"""
INHERITS_NOT = """
DROP TRIGGER liking_member_is_heir ON comments_like;
DROP TRIGGER article_author_is_heir ON articles_article;
DROP TRIGGER comment_author_is_heir ON comments_comment;
DROP FUNCTION liking_member_is_heir();
DROP FUNCTION author_is_heir();
DROP FUNCTION member_who_writes(bigint);
"""


class Migration(migrations.Migration):
    """What the database itself keeps of a merge: entries of the moderation log may follow it and
    change in nothing else, and what an account writes in the moment in which it is merged is the
    kept one's. An erased account writes nothing."""

    dependencies = [
        ("people", "0001_first"),
        ("comments", "0012_pictures_of_members"),
        ("articles", "0011_sent_pictures"),
        ("moderation", "0010_merges"),
    ]

    operations = [
        migrations.RunSQL(FOLLOWS, FOLLOWS_NOT),
        migrations.RunSQL(INHERITS, INHERITS_NOT),
    ]
