"""Somebody who came from another site, and a member who can prove to be them."""

from collections.abc import Mapping

from allauth.account.models import EmailAddress

from accounts.models import User
from forum.imports.models import ImportedMember

IMPORTED, CLAIMS = "oldtimer", "wilf"


def show_a_claim(members: Mapping[str, User]) -> None:
    """Old Timer has not signed in since the site moved here. Wilf, who has the same e-mail address,
    is offered what Old Timer wrote."""
    imported, member = members[IMPORTED], members[CLAIMS]
    EmailAddress.objects.filter(user=imported).delete()
    imported.email = ""
    imported.set_unusable_password()
    imported.save(update_fields=["email", "password"])
    ImportedMember.objects.create(
        source="https://old.example.org",
        identity=f"person:{member.email}|{imported.display_name.casefold()}",
        email=member.email,
        member=imported,
    )
