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


class SecondFactorNeeded(Refusal):
    code, status = "second_factor_needed", 401
    sentence = "Your password is right. Now give the code from your authenticator, or a recovery code."


class SignInAnew(Refusal):
    code, status, sentence = "sign_in_anew", 401, "This sign-in took too long, or never began: start again."


class EnrolFirst(Refusal):
    code, status = "enrol_first", 403
    sentence = "Operators of this site need a second factor: set yours up on your account page first."


class UnknownThere(Refusal):
    code, status = "oidc_unknown", 403
    sentence = "No account here is linked to that sign-in: sign in with your password and link it, or ask for a link."


class LinkedElsewhere(Refusal):
    code, status, sentence = "oidc_linked", 409, "That sign-in belongs to another account here."


class SignInFailed(Refusal):
    code, status, sentence = "oidc_failed", 401, "The sign-in elsewhere did not succeed, or was called off."


class LockedOut(Refusal):
    code, status = "locked_out", 429
    sentence = "Too many wrong passwords for this name: try again in a quarter of an hour."


class CsrfFailed(Refusal):
    code, status = "csrf_failed", 403
    sentence = "The CSRF token is missing or stale: reload the page, or send the csrftoken cookie as X-CSRFToken."


class TooLarge(Refusal):
    code, status, sentence = "too_large", 413, "The request is larger than this site takes."
