"""Django's PostgreSQL with its pool of connections, and a cheaper way to see that one is alive.

A process has more threads than it should have connections: most threads keep a stream open and
need none. So connections are pooled. Django can have each tried with a query before it is lent
out; for a page that costs one query that is a second one, and a fifth of its requests per second.
A connection that the server has closed has something to read (that it is closed), and one that is
well has nothing, which a look at the socket tells without a query.
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        found = super().get_new_connection(conn_params)
        pool = self.pool
        if pool:
            # After a restart of the server all that were pooled may have ended.
            for _ in range(pool.max_size):
                if _is_alive(found):
                    break
                found.close()
                pool.putconn(found)
                found = super().get_new_connection(conn_params)
        return found


def _is_alive(connection: psycopg.Connection) -> bool:
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if not waiting.poll(0):
        return True
    # The server may also have said something else.
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return False
    return True
