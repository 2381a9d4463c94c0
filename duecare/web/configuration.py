"""What the web application adds to Django's configuration of the casebook: middleware, templates, headers, sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

PACKAGE = Path(__file__).parent
STATIC = PACKAGE / "static"

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 60 * 60
"""A session ends after half an hour without a request and after twelve hours in any case."""

MIDDLEWARE = (
    "duecare.web.guard.Guard",
    "duecare.web.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "duecare.web.asking.Asking",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
)

POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "script-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
"""The content security policy of every answer, without exceptions."""


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """An OpenID Connect provider of the organisation; people sign in there and are known here by their address."""

    name: str
    client: str
    secret: str
    server: str


@dataclass(frozen=True, slots=True)
class Door:
    """How this process is reached. ``https`` is true where a proxy in front of it speaks https (cookies, HSTS)."""

    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    port: int = 8000
    https: bool = False
    one_user: bool = False
    start_token: str = ""
    upload_bytes: int = 200 * 1024 * 1024
    requests_per_minute: int = 600
    sign_ins_per_minute: int = 20
    proxies: int = 0
    single_sign_on: SingleSignOn | None = None
    mail: Mapping[str, Any] = field(default_factory=dict)


def web_settings(door: Door) -> dict[str, Any]:
    """Django's settings of the web application, to be given to ``casebook.opening.open_casebook`` as ``more``."""
    return {
        "DUECARE_DOOR": door,
        "DEBUG": False,
        "ALLOWED_HOSTS": list(door.hosts),
        "ROOT_URLCONF": "duecare.web.urls",
        "MIDDLEWARE": list(MIDDLEWARE),
        "TEMPLATES": TEMPLATES,
        "FORM_RENDERER": "django.forms.renderers.Jinja2",
        "STATIC_URL": "/static/",
        "STATIC_ROOT": str(STATIC),
        "WHITENOISE_MAX_AGE": 365 * 24 * 60 * 60,
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_USE_FINDERS": False,
        "APPEND_SLASH": False,
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "USE_I18N": False,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_500_000,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 2000,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 20,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 1_000_000,
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "CSRF_FAILURE_VIEW": "duecare.web.errors.no_token",
        **_cookies(door),
        **_sign_in(door),
        **dict(door.mail),
    }


TEMPLATES = [
    {
        "BACKEND": "duecare.web.engine.Pages",
        "DIRS": [str(PACKAGE / "templates")],
        "APP_DIRS": False,
        "OPTIONS": {},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
"""Ours first; the second is there for the texts of the sign-in library's letters."""


def _cookies(door: Door) -> dict[str, Any]:
    prefix = "__Host-" if door.https else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "SESSION_ENGINE": "duecare.web.sessions",
        "SESSION_COOKIE_SECURE": door.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": LONGEST_SECONDS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_SERIALIZER": "django.contrib.sessions.serializers.JSONSerializer",
        "CSRF_COOKIE_NAME": f"{prefix}csrf",
        "CSRF_COOKIE_SECURE": door.https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if door.https and door.proxies else None,
        "CSRF_TRUSTED_ORIGINS": [f"https://{host}" for host in door.hosts] if door.https else [],
    }


def _sign_in(door: Door) -> dict[str, Any]:
    return {
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {
                "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("email", "name")},
            },
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "duecare.web.accounts.Accounts",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "/signed-out",
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_RATE_LIMITS": False,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_FORMS": {},
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_TOTP_ISSUER": "duecare",
        "MFA_ADAPTER": "duecare.web.accounts.SecondSteps",
        "SOCIALACCOUNT_ADAPTER": "duecare.web.accounts.SingleSignOnAccounts",
        "SOCIALACCOUNT_AUTO_SIGNUP": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": True,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": _providers(door.single_sign_on),
        "AXES_FAILURE_LIMIT": 5,
        "AXES_COOLOFF_TIME": 0.25,
        "AXES_LOCKOUT_PARAMETERS": ["username"],
        "AXES_USERNAME_CALLABLE": "duecare.web.accounts.address_tried",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_VERBOSE": False,
        "AXES_SENSITIVE_PARAMETERS": ["login", "password", "username", "ip_address"],
        "AXES_LOCKOUT_CALLABLE": "duecare.web.errors.locked_out",
    }


def _providers(provider: SingleSignOn | None) -> dict[str, Any]:
    if provider is None:
        return {}
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": provider.name,
                    "client_id": provider.client,
                    "secret": provider.secret,
                    "settings": {"server_url": provider.server, "token_auth_method": "client_secret_basic"},
                }
            ],
        }
    }
