import pytest


@pytest.fixture(autouse=True)
def no_leftovers(settings):
    """Rate limits and caches of one test must not reach the next."""
    from django.core.cache import cache

    cache.clear()
