"""Where a request comes from, behind the proxies that are ours."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest, credentials: Any = None) -> str:
    """The address that the outermost of TRUSTED_PROXIES saw; without proxies the connection's own.

    Counted from the right of X-Forwarded-For: each proxy adds to its end, and what stands before came with the request.
    """
    proxies: int = settings.ENV.trusted_proxies
    told = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < proxies <= len(told) and _is_address(told[-proxies]):
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
        return True
    except ValueError:
        return False
