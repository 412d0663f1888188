"""The product's settings with what tests need: a secret of their own, plain HTTP, a fast password hash."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("HTTPS", "false")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="labelhub-tests-"))

from labelhub.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
