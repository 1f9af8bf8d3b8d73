from django.db import migrations

# The names are those of `accounts.roles.Role`. Memberships follow the columns, whoever writes them;
# groups that the owner makes besides are left alone.
FOLLOW = """
CREATE FUNCTION user_roles(member accounts_user) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN member.is_superuser THEN 'owner' END,
    CASE WHEN member.is_staff THEN 'moderator' END,
    CASE WHEN member.moderated_categories <> '{}' THEN 'category moderator' END,
    CASE WHEN member.is_editor THEN 'editor' END,
    CASE WHEN member.is_author THEN 'author' END,
    CASE WHEN member.is_contributor THEN 'contributor' END
  ], NULL)
$$;
CREATE FUNCTION user_groups_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM accounts_user_groups held USING auth_group
   WHERE held.user_id = NEW.id AND auth_group.id = held.group_id
     AND auth_group.name = ANY (ARRAY['owner', 'moderator', 'category moderator', 'editor',
                                      'author', 'contributor'])
     AND auth_group.name <> ALL (user_roles(NEW));
  INSERT INTO accounts_user_groups (user_id, group_id)
  SELECT NEW.id, id FROM auth_group WHERE name = ANY (user_roles(NEW))
      ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER user_groups_follow_new
  AFTER INSERT ON accounts_user FOR EACH ROW
  WHEN (user_roles(NEW) <> '{}')
  EXECUTE FUNCTION user_groups_follow();
CREATE TRIGGER user_groups_follow
  AFTER UPDATE OF is_superuser, is_staff, moderated_categories, is_editor, is_author,
                  is_contributor
  ON accounts_user FOR EACH ROW
  WHEN (user_roles(OLD) IS DISTINCT FROM user_roles(NEW))
  EXECUTE FUNCTION user_groups_follow();
INSERT INTO auth_group (name)
VALUES ('owner'), ('moderator'), ('category moderator'), ('editor'), ('author'), ('contributor')
    ON CONFLICT DO NOTHING;
INSERT INTO accounts_user_groups (user_id, group_id)
SELECT member.id, auth_group.id
  FROM accounts_user member JOIN auth_group ON auth_group.name = ANY (user_roles(member))
    ON CONFLICT DO NOTHING;
"""
LEAVE = """
DROP TRIGGER user_groups_follow ON accounts_user;
DROP TRIGGER user_groups_follow_new ON accounts_user;
DROP FUNCTION user_groups_follow();
DROP FUNCTION user_roles(accounts_user);
DELETE FROM accounts_user_groups USING auth_group
 WHERE auth_group.id = group_id
   AND name IN ('owner', 'moderator', 'category moderator', 'editor', 'author', 'contributor');
DELETE FROM auth_group_permissions USING auth_group
 WHERE auth_group.id = group_id
   AND name IN ('owner', 'moderator', 'category moderator', 'editor', 'author', 'contributor');
DELETE FROM auth_group
 WHERE name IN ('owner', 'moderator', 'category moderator', 'editor', 'author', 'contributor');
"""


class Migration(migrations.Migration):
    """A group for each role, and everybody in the groups of theirs."""

    dependencies = [
        ("accounts", "0006_moderated_categories"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunSQL(FOLLOW, LEAVE)]
