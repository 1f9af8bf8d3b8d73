"""Leaving the site after a form was sent, as signing in with an account elsewhere does.

The content security policy lets forms lead nowhere but to the site itself (`form-action`), and
browsers hold that against redirects as well. So the answer to a form that would be a redirect to
another site becomes a page that goes on there by itself, and names the place. Where the other
site does not answer, that is said.
"""

from urllib.parse import urlsplit

import requests
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class LeavingByPage:
    """Middleware, anywhere below that which writes the policy."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code != 302:
            return response
        there = urlsplit(response["Location"])
        if not there.netloc or there.netloc == request.get_host():
            return response
        context = {"address": response["Location"], "host": there.hostname}
        page = render(request, "accounts/leaving.html", context)
        page.cookies = response.cookies
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # Accounts elsewhere are all that is asked for with this library.
        if isinstance(exception, requests.RequestException):
            return render(request, "socialaccount/authentication_error.html", status=503)
        return None
