"""What the sign-in library asks of us: nobody signs up by themselves, people are invited; a lost device is helped by ADM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from duecare.web import asking
from duecare.web.limits import address_of

LONGEST_PASSWORD = 500


class Accounts(DefaultAccountAdapter):
    """Local accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account; an administrator invites."""
        return False

    def add_message(self, *_args: object, **_more: object) -> None:
        """The library's own notes are not shown; our pages say what was done."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that asks, seen through trusted proxies only."""
        return address_of(request, settings.DUECARE_DOOR.proxies) or "127.0.0.1"

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponseRedirect:
        """A person who was put to rest is told so."""
        return HttpResponseRedirect(reverse("account_inactive"))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No letters: links are given by an administrator, and an address in a letter would tell who works on this."""


class SecondSteps(DefaultMFAAdapter):
    """Codes of an app and recovery codes; secrets are encrypted with a key of the home."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with authentication, so that a copy of the database alone does not make codes."""
        from duecare.web.secrets_at_rest import seal

        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        from duecare.web.secrets_at_rest import unseal

        return unseal(encrypted_text)

    def send_notification_mail(self, *_args: object, **_more: object) -> None:
        """No letters."""


class SingleSignOnAccounts(DefaultSocialAccountAdapter):
    """People who sign in at their organisation: only those whom an administrator has entered here."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Keep of the provider's answer only who it is: no picture, no other names."""
        sociallogin.account.extra_data = {}
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Being known to the organisation does not open the record; an administrator does."""
        return False

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """The provider's word for an address counts only where it says itself that it verified it."""
        return False

    def send_notification_mail(self, *_args: object, **_more: object) -> None:
        """No letters."""


def address_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The account that somebody tries to open, in one way of writing, so that capitals do not count as another one."""
    given = credentials or {}
    tried = given.get("email") or given.get("username") or request.POST.get("login") or ""
    return str(tried).strip().casefold()[:254]


@receiver(user_logged_in, dispatch_uid="duecare.began")
def _began(sender: object, request: HttpRequest, **more: object) -> None:
    asking.begin(sender, request, **more)
