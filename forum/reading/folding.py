"""What somebody says whom a member mutes, and what is in a branch they mute, folded: the cards are
the same for everybody, so it is done by a style sheet. It follows from its address alone, which
names the people and the comments, and says nothing of who asks, so browsers keep it for good.

A folded comment is opened by its button (`static/js/folded.js`), by its number, which is its
permalink, or by any link that leads to it. Where there are no scripts the number says so.
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


@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def folded_style(request):
    given = [request.GET.get(name, "") for name in ("people", "comments")]
    if not any(given) or not all(KEYS.fullmatch(keys) for keys in given if keys):
        return HttpResponseBadRequest(_("These are no keys of people or numbers of comments."))
    people, comments = (keys.split("-") if keys else [] for keys in given)
    folded = [f'[data-by="{pk}"]' for pk in people] + [f"#comment-{one}" for one in comments]
    cards = ", ".join(folded)
    # A string of JSON is one of CSS, as long as it has no escapes but of quotes.
    words = json.dumps(_("Muted: show") + " ", ensure_ascii=False)
    return HttpResponse(STYLE % {"cards": cards, "words": words}, content_type="text/css")
