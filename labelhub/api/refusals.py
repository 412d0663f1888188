"""Refusals that only HTTP knows: who is asking, and how the request is made."""

from labelhub.errors import Refusal


class NotSignedIn(Refusal):
    code, status, sentence = "not_signed_in", 401, "Sign in first, or send a bearer token."


class BadToken(Refusal):
    code, status, sentence = "bad_token", 401, "This bearer token isn't known, or its account is closed."


class TokenExpired(Refusal):
    code, status, sentence = "token_expired", 401, "This bearer token has expired: make a new one."


class OutOfScope(Refusal):
    code, status = "out_of_scope", 403

    def __init__(self, scope: str) -> None:
        super().__init__(f"This token may only {scope}: make one that reaches further, or use another.")


class BadCredentials(Refusal):
    code, status, sentence = "bad_credentials", 401, "The name or the password is wrong."


class LockedOut(Refusal):
    code, status = "locked_out", 429
    sentence = "Too many wrong passwords for this name: try again in a quarter of an hour."


class CsrfFailed(Refusal):
    code, status = "csrf_failed", 403
    sentence = "The CSRF token is missing or stale: reload the page, or send the csrftoken cookie as X-CSRFToken."


class TooLarge(Refusal):
    code, status, sentence = "too_large", 413, "The request is larger than this site takes."
