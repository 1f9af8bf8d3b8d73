"""What somebody typed and could not send, because they were signed out: kept until they are back.

The words of a form wait in the session under the address of the form, which fills them in when it
is opened again. Passwords and files are never kept.
"""

from django.http import HttpRequest

KEY = "kept_text"
# A session is one row that is read with every request: at most this many characters wait in it.
MOST_CHARACTERS = 150_000
NEVER = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}


def fields_of(request: HttpRequest) -> dict[str, str]:
    """The words of the form that was sent, without what must not be kept."""
    return {name: str(value) for name, value in request.POST.items() if name not in NEVER}


def keep(request: HttpRequest) -> dict[str, str]:
    """Let the form that was sent wait for its writer; answers with its fields."""
    fields = fields_of(request)
    if sum(map(len, fields.values())) <= MOST_CHARACTERS:
        request.session[KEY] = {request.path: fields}
    return fields


def take(request: HttpRequest) -> dict[str, str]:
    """What waits for the form at this address, which waits no longer; empty for nothing."""
    # Looking into the session of somebody without one would make their page uncacheable.
    if request.session.is_empty():
        return {}
    waiting = request.session.get(KEY, {})
    if request.path not in waiting:
        return {}
    del request.session[KEY]
    return waiting[request.path]
