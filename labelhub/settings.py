"""Django's settings, made of what `labelhub.env` read."""

import logging
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF, UNSAFE_INLINE

from labelhub import __version__, paths
from labelhub import env as environment

ENV = environment.read()

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = list(ENV.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENV.csrf_trusted_origins)
DATA_DIR = ENV.data_dir

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_structlog",
    "django_prometheus",
    "django_vite",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "labelhub",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "labelhub.api.http.policy.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "labelhub.api.accounts.authentication.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "labelhub.urls"
APPEND_SLASH = False  # or each request is resolved twice, to learn that its address needs none
WSGI_APPLICATION = "labelhub.wsgi.application"
ASGI_APPLICATION = "labelhub.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "labelhub.User"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": environ.Env.db_url_config(ENV.database_url)}
DATABASES["default"].update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "labelhub.sqlite3"
    # IMMEDIATE takes the write lock at the start: a DEFERRED transaction that upgrades later fails with "locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A server that is gone without a word is noticed within half a minute, not after two hours.
    patience = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
    options = patience | {"tcp_user_timeout": 30_000} | DATABASES["default"].get("OPTIONS", {})
    # JIT compiles for hundreds of milliseconds what then runs for one. Only `queries.statement` prepares statements.
    options["options"] = f"-c jit=off -c plan_cache_mode=force_generic_plan {options.get('options', '')}".strip()
    DATABASES["default"]["OPTIONS"] = options

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"

TWO_FACTOR_FOR_OPERATORS = ENV.two_factor_for_operators
MFA_ADAPTER = "labelhub.services.accounts.two_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code typed at its last second, a clock half a minute off
MFA_TOTP_ISSUER = "LabelHub"
ACCOUNT_EMAIL_VERIFICATION = "none"  # we send no e-mail
SOCIALACCOUNT_ADAPTER = "labelhub.api.accounts.oidc.Adapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = (
    False  # an address that matches proves nothing: accounts are linked by their owners
)
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_NAME, OIDC_DOMAINS = ENV.oidc_name, [domain.lower() for domain in ENV.oidc_domains]
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": environment.oidc_apps(ENV)},
}

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "labelhub.api.accounts.address.of"
AXES_LOCKOUT_CALLABLE = "labelhub.api.http.errors.locked_out"
AXES_VERBOSE = False

SESSION_ENGINE = "labelhub.services.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "labelhub.api.http.errors.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV.https
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside, over plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # /admin's; the default looks in two places
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],  # KaTeX positions glyphs by style attributes
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF, *environment.oidc_origin(ENV)],  # signing in there starts with a form here
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
# An installed package serves the files where they lie, compressed by the build; a checkout collects them first.
STATIC_ROOT = None if paths.INSTALLED else paths.DATA / "static"
WHITENOISE_USE_FINDERS = paths.INSTALLED or DEBUG
STATICFILES_DIRS = [path for path in [paths.PAGES] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
DJANGO_VITE = {"default": {"manifest_path": paths.PAGES / ".vite" / "manifest.json"}}

MEDIA_ROOT = DATA_DIR / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a JSON body; files stream to disk beside it
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_MAX_BYTES = 2 * 1024**3
FILES_KEPT_DAYS = ENV.files_kept_days
SILENCED_SYSTEM_CHECKS = ["django_vite.W001"]  # labelhub.W003 says it with what to do

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labelhub.api.accounts.authentication.BearerToken",
        "labelhub.api.accounts.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["labelhub.api.http.bodies.JsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "labelhub.api.http.bodies.OnlyJson",
    "DEFAULT_PARSER_CLASSES": ["labelhub.api.http.bodies.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "labelhub.api.http.schema.Schema",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a word of ours, not DRF's
    "FORMAT_SUFFIX_KWARG": None,
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS would describe every route to whoever asks
    "EXCEPTION_HANDLER": "labelhub.api.http.errors.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LabelHub",
    "DESCRIPTION": "Step-level labels for process supervision.",
    "VERSION": __version__,
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {  # the schema's names for what several components call `state` or `kind`
        "CheckpointKind": "labelhub.models.Checkpoint.Kind",
        "AddedSource": "labelhub.models.Checkpoint.ADDED",
        "CheckpointSource": "labelhub.models.Checkpoint.Source",
        "CheckpointState": "labelhub.models.Checkpoint.State",
        "ExportFormat": "labelhub.services.data.exporting.FORMATS",
        "ExportView": "labelhub.queries.data.exports.VIEWS",
        "FinishReason": "labelhub.models.Label.FinishReason",
        "GenerationState": "labelhub.models.Generation.OF_A_ROUND",
        "Grade": "labelhub.models.Solution.Grade",
        "GoldPurpose": "labelhub.models.Gold.Purpose",
        "GradedBy": "labelhub.models.Solution.GradedBy",
        "ImportFormat": "labelhub.services.data.importing.FORMATS",
        "ItemState": "labelhub.models.BatchItem.OF_A_BATCH",
        "JobKind": "labelhub.models.Job.LISTED",
        "JobState": "labelhub.models.Job.State",
        "LabelSource": "labelhub.models.Label.Source",
        "Metric": "labelhub.models.Project.Metric",
        "ReviewQueue": "labelhub.queries.quality.review.QUEUES",
        "Role": "labelhub.models.Membership.Role",
        "RuleNeeds": "labelhub.queries.loop.rules.NEEDS",
        "InvitationState": "labelhub.queries.accounts.invitations.STATES",
        "TokenScope": "labelhub.models.ApiToken.Scope",
        "QuarantineDecisionKind": "labelhub.models.QuarantineDecision.Kind",
        "RulingKind": "labelhub.models.Ruling.Kind",
        "SamplingFailure": "labelhub.services.data.sampling.job.REASONS",
        "SamplingSubject": "labelhub.services.data.sampling.recipe.KINDS",
        "Scope": "labelhub.models.Generation.Scope",
        "Split": "labelhub.models.Problem.Split",
    },
}

JOB_SILENCE_SECONDS = ENV.job_silence_seconds
TOKENS_MAY_LAST = ENV.tokens_may_last
SAMPLING_ENDPOINTS = environment.endpoints("SAMPLING", ENV.sampling_endpoints)
SCORING_ENDPOINTS = environment.endpoints("SCORING", ENV.scoring_endpoints)
BASE_MODELS = ENV.base_models

CELERY_BROKER_URL = ENV.redis_url
CELERY_TASK_IGNORE_RESULT = True  # the Job row is the result
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task that outlives this is delivered twice; fenced Jobs make the second delivery a no-op.
# An operator who presses a button waits for the broker no longer than that: the job is safe in the database.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 3}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_ROUTES = {
    "labelhub.tasks.score_pool": {"queue": "gpu"},
    "labelhub.tasks.score_shard": {"queue": "gpu"},
    "labelhub.tasks.train_challenger": {"queue": "gpu"},
    "labelhub.tasks.evaluate_challenger": {"queue": "gpu"},
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "labelhub.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}}}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # bound where a request is authenticated: the middleware would look twice
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # the proxy's log has the address; ours says who and what
structlog.configure(
    # A line below the level costs a comparison, not a walk through the processors that ends in an exception.
    wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[ENV.log_level]),
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
            "foreign_pre_chain": [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
}
