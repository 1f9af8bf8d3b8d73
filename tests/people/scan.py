"""Every place where a word can be stored: all columns of all tables, and all files."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from psycopg.sql import SQL, Identifier

COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
 JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
   AND data_type NOT IN ('boolean', 'uuid', 'date', 'timestamp with time zone')
 ORDER BY 1, 2
"""
OF_TEXT = """
SELECT table_name || '.' || column_name FROM information_schema.columns
 JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
   AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea')
"""
# bytea shows its bytes as they are; everything else as PostgreSQL writes it.
FOUND = SQL(
    "SELECT count(*) FROM {table} WHERE position(lower(%(word)s) IN lower({column}::text)) > 0"
    " OR position(encode(convert_to(%(word)s, 'UTF8'), 'hex') IN {column}::text) > 0"
)


def places(words: Iterable[str], *, folders: Iterable[Path] = ()) -> list[str]:
    """Where any of the words stands, as `table.column: word`, session contents and files
    included."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        assert len(columns) > 100
        for word in words:
            for table, column in columns:
                query = FOUND.format(table=Identifier(table), column=Identifier(column))
                cursor.execute(query, {"word": word})
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    for session in Session.objects.all():
        found += [f"session: {word}" for word in words if word in str(session.get_decoded())]
    for folder in (Path(settings.MEDIA_ROOT), *folders):
        for file in filter(Path.is_file, folder.rglob("*")):
            said = str(file).encode() + file.read_bytes()
            found += [f"{file.name}: {word}" for word in words if word.encode() in said]
    return found


def columns_of_text() -> set[str]:
    """All columns in which a word can stand, as `table.column`."""
    with connection.cursor() as cursor:
        cursor.execute(OF_TEXT)
        return {name for (name,) in cursor.fetchall()}
