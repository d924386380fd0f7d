"""Written by `fairlead init --production`; yours to change.

What this service needs from its environment, and what it refuses to start on. gunicorn.conf.py asks it before the first
worker is started, so that an unsafe setting is one line in the log of the deployment, not an incident.

    python config_production.py    # the same answer, without starting anything
"""

import dataclasses
import os
import sys
from urllib.parse import urlsplit

SHORTEST_KEY = 64  # characters
FOR_DEVELOPERS = {"development", "local", "test"}
ON = {"1", "on", "t", "true", "y", "yes"}
OFF = {"", "0", "f", "false", "n", "no", "off"}
PLACEHOLDERS = ("change", "example", "your_", "your-", "placeholder", "generate", "secret_key_here", "xxx", "todo")
LOOPBACK = ("localhost", "0.0.0.0", "::1")  # fairlead: ignore[conf-url-hardcoded] they are what is refused

class UnsafeSettings(Exception):
    """Every reason why production does not start with these variables; values of secrets are never among them."""

    def __init__(self, reasons):
        super().__init__("; ".join(reasons))
        self.reasons = list(reasons)

@dataclasses.dataclass(frozen=True)
class Settings:
    environment: str
    secret_key: str = dataclasses.field(repr=False)
    database_url: str = dataclasses.field(repr=False)
    frontend_url: str
    allowed_origins: tuple
    allowed_hosts: tuple
    redis_url: str = dataclasses.field(repr=False)
    log_level: str
    debug: bool = False

    def for_fastapi(self):
        """FastAPI(**settings.for_fastapi()): no page of the API's documentation is open to everybody"""
        return {"debug": False, "docs_url": None, "redoc_url": None, "openapi_url": None}

    def for_cors(self):
        """app.add_middleware(CORSMiddleware, **settings.for_cors())"""
        return {
            "allow_origins": list(self.allowed_origins),
            "allow_credentials": True,
            "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
            "allow_headers": ["authorization", "content-type", "x-request-id"],
        }

def is_checked(environ=os.environ):
    """Whoever names no environment is in production."""
    return environ.get("ENVIRONMENT", "production").strip().lower() not in FOR_DEVELOPERS

def _list(text):
    """a, b and ["a", "b"]"""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return tuple(part.strip().strip("\"'") for part in text.split(",") if part.strip())

def _parts(address):
    try:
        return urlsplit(address)
    except ValueError:  # https://[::1
        return urlsplit("")

def _is_loopback(host):
    host = (host or "").rstrip(".").lower()
    return host in LOOPBACK or host.startswith("127.") or host.endswith(".localhost")

def _about_key(name, value):
    if not value:
        yield f"{name} is not set; `fairlead init --secrets` makes one"
    elif any(word in value.lower() for word in PLACEHOLDERS):
        yield f"{name} is still the template's text; `fairlead init --secrets` makes one"
    elif len(value) < SHORTEST_KEY:
        yield f"{name} has {len(value)} characters; at least {SHORTEST_KEY} are needed: `fairlead init --secrets`"
    elif len(set(value)) < 10:
        yield f"{name} can be guessed: it has {len(set(value))} distinct characters; `fairlead init --secrets`"

def _about_database(value):
    scheme = value.split(":", 1)[0].split("+", 1)[0].lower()
    if not value:
        yield "DATABASE_URL is not set; it names the PostgreSQL of this environment"
    elif scheme not in ("postgresql", "postgres"):
        yield f"DATABASE_URL is {scheme}; production keeps its data in PostgreSQL: postgresql://..."
    elif not _parts(value).path.strip("/"):
        yield "DATABASE_URL names no database: postgresql://...@HOST:5432/NAME"

def _about_site(name, value):
    parts = _parts(value)
    if not value:
        yield f"{name} is not set; it is the address that users open: https://app.example.org"
    elif parts.scheme != "https":
        yield f"{name} begins with {parts.scheme or 'no scheme'}; logins would travel in clear: write https://"
    elif not parts.hostname:
        yield f"{name} names no host: write https://app.example.org"
    elif _is_loopback(parts.hostname):
        yield f"{name} is this machine's own address; users can't open it"

def _about_origins(origins):
    if not origins:
        yield "ALLOWED_ORIGINS is empty; list the front end's address"
    for origin in origins:
        parts = _parts(origin)
        if "*" in origin:
            yield "ALLOWED_ORIGINS holds *; every site could call the API for a visitor: list the sites"
        elif _is_loopback(parts.hostname):
            yield f"ALLOWED_ORIGINS holds {origin}; any program on a visitor's machine could call the API"
        elif parts.scheme != "https" or not parts.hostname:
            yield f"ALLOWED_ORIGINS holds {origin}; write https:// and the host's name"

def load(environ=os.environ):
    """The settings of production. Raises UnsafeSettings with all that is wrong, not with the first alone."""
    get = lambda name, default="": environ.get(name, default).strip()  # noqa: E731
    origins, hosts = _list(get("ALLOWED_ORIGINS")), _list(get("ALLOWED_HOSTS"))
    reasons = []
    if get("ENVIRONMENT", "production").lower() in FOR_DEVELOPERS:
        reasons.append(f"ENVIRONMENT is {get('ENVIRONMENT')}; write production")
    debug = get("DEBUG").lower()
    if debug in ON:
        reasons.append("DEBUG is on; error pages would show the source: write DEBUG=false")
    elif debug not in OFF:
        reasons.append(f"DEBUG is {debug!r}, neither on nor off: write DEBUG=false")
    reasons += _about_key("SECRET_KEY", get("SECRET_KEY"))
    reasons += _about_database(get("DATABASE_URL"))
    reasons += _about_site("FRONTEND_URL", get("FRONTEND_URL"))
    reasons += _about_origins(origins)
    if "*" in hosts:
        reasons.append("ALLOWED_HOSTS holds *; forged Host headers would be believed: list the host names")
    elif not hosts:
        reasons.append("ALLOWED_HOSTS is empty; list the host names")
    if get("LOG_LEVEL").lower() in ("debug", "trace", "notset"):
        reasons.append(f"LOG_LEVEL is {get('LOG_LEVEL')}; logs would hold what users send: write info")
    elif get("LOG_LEVEL").lower() not in ("", "info", "warning", "error", "critical"):
        reasons.append(f"LOG_LEVEL is {get('LOG_LEVEL')}, which is none: write info, warning or error")
    if _parts(get("REDIS_URL")).scheme not in ("redis", "rediss", "unix"):
        reasons.append("REDIS_URL is not set to an address of Redis: redis://:PASSWORD@redis:6379/0")
    if reasons:
        raise UnsafeSettings(reasons)
    return Settings(
        environment=get("ENVIRONMENT", "production"),
        secret_key=get("SECRET_KEY"),
        database_url=get("DATABASE_URL"),
        frontend_url=get("FRONTEND_URL"),
        allowed_origins=origins,
        allowed_hosts=hosts,
        redis_url=get("REDIS_URL"),
        log_level=get("LOG_LEVEL", "info").lower() or "info",
    )

if __name__ == "__main__":
    try:
        load()
    except UnsafeSettings as unsafe:
        for reason in unsafe.reasons:
            print(f"refused: {reason}", file=sys.stderr)
        sys.exit(1)
    print("these settings are fit for production")
