"""The cache of a process that has no other: Django's, but what never changes is kept as it is.

Django's local cache pickles all that it is given, so that nobody changes what is kept by what they
were handed out. For pages of a hundred kilobytes which are read thousands of times that is most of
what they cost.
"""

import pickle
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class Unchanging:
    """What is never changed once it is made: kept as it is, and handed out to many at once."""


class ProcessCache(LocMemCache):
    # What Django's has, which is typed without it.
    _cache: Any
    _lock: Any
    _set: Any
    _delete: Any
    _has_expired: Any

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            value = self._cache[key]
            self._cache.move_to_end(key, last=False)
        return value if isinstance(value, Unchanging) else pickle.loads(value)  # noqa: S301 - ours

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        if not isinstance(value, Unchanging):
            super().set(key, value, timeout, version)
            return
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(key, value, timeout)
