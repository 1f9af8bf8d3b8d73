"""What somebody says whom a member mutes, and what is in a branch or a discussion they mute, is
folded: the cards are the same for everybody, so it is done by a style sheet. It follows from its
address alone, which names the people and the comments, and says nothing of who asks, so browsers
keep it for good.

A folded comment is opened by its button (`static/js/folded.js`), by its number, which is its
permalink, or by any link that leads to it. Where there are no scripts the number says so. Of a
muted discussion nothing is shown but what is `open` in it, until a link leads to the list of its
comments or into it.
"""

import json
import re

from django.http import HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# At most a thousand, with hyphens between.
KEYS = re.compile(r"\d{1,18}(-\d{1,18}){0,999}", re.ASCII)
STYLE = """\
.card:is(%(cards)s):not(:target, .is-shown) > article > :not(.card-head) { display: none }
@media (scripting: none) {
  .card:is(%(cards)s):not(:target) .number::before { content: %(words)s }
}
"""
WHOLE = """\
#discussion:has(#cards:target, #cards :target, #cards .is-shown) .muted-discussion > a,
#discussion:not(:has(#cards:target, #cards :target, #cards .is-shown)) :is(%(parts)s) {
  display: none
}
"""
# Where nothing is open there is nothing to put in order, nor to turn over.
AROUND = ".host-index", ".discussion-bar", ".pager", ".continues"


@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def folded_style(request):
    given = [request.GET.get(name, "") for name in ("people", "comments", "open")]
    is_asked = any(given) or "open" in request.GET
    if not is_asked or not all(KEYS.fullmatch(keys) for keys in given if keys):
        return HttpResponseBadRequest(_("These are no keys of people or numbers of comments."))
    people, comments, still_open = (keys.split("-") if keys else [] for keys in given)
    style = ""
    if people or comments:
        style = _some([f'[data-by="{pk}"]' for pk in people] + _cards(comments))
    if "open" in request.GET:
        style += _whole(_cards(still_open))
    return HttpResponse(style, content_type="text/css")


def _cards(numbers: list[str]) -> list[str]:
    return [f"#comment-{number}" for number in numbers]


def _some(cards: list[str]) -> str:
    # A string of JSON is one of CSS, as long as it has no escapes but of quotes.
    words = json.dumps(_("Muted: show") + " ", ensure_ascii=False)
    return STYLE % {"cards": ", ".join(cards), "words": words}


def _whole(still_open: list[str]) -> str:
    parts = (
        [".host-index", f".card:not({', '.join(still_open)})"] if still_open else [".card", *AROUND]
    )
    return WHOLE % {"parts": ", ".join(parts)}
