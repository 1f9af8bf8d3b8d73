"""Questions that are asked with nearly every request, on connections of their own.

Through Django and psycopg's cursors a question that PostgreSQL answers in 10 microseconds takes
200: the statement is planned anew each time, and a connection is borrowed and given back. Here the
statement is prepared once for each connection, and asking is one call of libpq's, which lets other
threads run while it waits. A process has CONNECTIONS at most, made when they are needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import ExecStatus

# Of a process. More threads than this only take turns.
CONNECTIONS = 8


@dataclass(frozen=True)
class Question:
    """A statement that answers with one text or nothing; `%s` stands for each parameter."""

    name: str
    sql: str

    @property
    def prepared(self) -> bytes:
        """With the parameters as PostgreSQL numbers them."""
        first, *others = self.sql.split("%s")
        return (first + "".join(f"${n}{part}" for n, part in enumerate(others, 1))).encode()


class Unanswered(Exception):
    """The question could not be asked; asking in Django's way tells why."""


def ask(question: Question, parameters: Sequence[Any]) -> str | None:
    """The answer by way of Django's connection, in its transaction; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(question.sql, parameters)
        row = cursor.fetchone()
    return None if row is None else row[0]


class Asker:
    """The connections of this process that questions are asked on; threads share them."""

    def __init__(self) -> None:
        self._idle: SimpleQueue[_Line | None] = SimpleQueue()
        for _ in range(CONNECTIONS):
            self._idle.put(None)

    def ask(self, question: Question, parameters: Sequence[bytes]) -> str | None:
        """The answer as it is committed now; raises Unanswered."""
        line = self._idle.get()
        try:
            line = line or _Line()
            return line.ask(question, parameters)
        except (psycopg.Error, Unanswered) as error:
            if line:
                line.close()
            line = None
            raise Unanswered from error
        finally:
            self._idle.put(line)

    def close(self) -> None:
        """Close the connections that are idle; the next question makes new ones."""
        for _ in range(CONNECTIONS):
            if line := self._idle.get():
                line.close()
            self._idle.put(None)


class _Line:
    """One connection, and which statements it has prepared."""

    def __init__(self) -> None:
        parameters = connection.get_connection_params() | {"autocommit": True}
        self._connection = psycopg.connect(**parameters)
        self._prepared: set[str] = set()

    def ask(self, question: Question, parameters: Sequence[bytes]) -> str | None:
        raw, name = self._connection.pgconn, question.name.encode()
        if question.name not in self._prepared:
            if raw.prepare(name, question.prepared).status != ExecStatus.COMMAND_OK:
                raise Unanswered
            self._prepared.add(question.name)
        result = raw.exec_prepared(name, parameters)
        if result.status != ExecStatus.TUPLES_OK:
            raise Unanswered
        value = result.get_value(0, 0) if result.ntuples else None
        return None if value is None else value.decode()

    def close(self) -> None:
        self._connection.close()
