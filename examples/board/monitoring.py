"""Written by `fairlead init --production`; yours to change.

Logs as JSON with a request id, an error tracker that is told no secret, and metrics. gunicorn.conf.py puts it round the
application; nothing of the application has to change. sentry-sdk and prometheus-client are used where they are installed.
"""

import contextvars
import json
import logging
import os
import re
import time
import uuid

try:
    import sentry_sdk
except ImportError:
    sentry_sdk = None
try:
    import prometheus_client
except ImportError:
    prometheus_client = None

SERVICE = "board"
HEALTH = "/api/health"
METRICS = "/internal/metrics"  # answered only to who asks without a proxy
QUIET = {HEALTH, METRICS}
HIDDEN = "[hidden]"
request_id = contextvars.ContextVar("request_id", default="")

_SECRET_NAME = re.compile(r"authori[sz]ation|cookie|csrf|passw|secret|session|token|api[-_]?key|dsn", re.I)
_SECRET_TEXT = re.compile(r"(?i)\b(bearer\s+|basic\s+)[\w.~+/=-]{8,}|(://[^:/@\s]*:)[^@\s]+(?=@)")
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

def hide(text):
    return _SECRET_TEXT.sub(lambda found: (found[1] or found[2]) + HIDDEN, text)

def redact(value, name=""):
    """The same value without what nobody else may read, however deep it lies."""
    if name and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: redact(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if len(value) == 2 and isinstance(value[0], str):  # a header as a pair
            return [value[0], redact(value[1], value[0])]
        return [redact(item) for item in value]
    return hide(value) if isinstance(value, str) else value

class JsonLines(logging.Formatter):
    def format(self, record):
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "service": SERVICE,
            "logger": record.name,
            "message": hide(record.getMessage()),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line.update(redact(getattr(record, "fields", {})))
        if record.exc_info:
            line["error"] = hide(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)

def logging_settings():
    """For logging.config.dictConfig, gunicorn's logconfig_dict and Django's LOGGING."""
    level = os.environ.get("LOG_LEVEL", "info").strip().upper()
    if not isinstance(logging.getLevelName(level), int):  # config_production.py says why that is refused
        level = "INFO"
    as_json = os.environ.get("LOG_FORMAT", "json").strip().lower() != "text"
    servers = {"handlers": ["out"], "level": level, "propagate": False}
    nobody = {"handlers": [], "level": "CRITICAL", "propagate": False}  # their lines hold queries, and we write our own
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonLines},
            "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json" if as_json else "text",
            }
        },
        "root": {"handlers": ["out"], "level": level},
        "loggers": {"gunicorn.error": servers, "gunicorn.access": nobody, "uvicorn": servers, "uvicorn.access": nobody},
    }

def _before_send(event, hint):
    path = event.get("request", {}).get("url", "")
    if any(path.endswith(quiet) for quiet in QUIET):
        return None  # a failing health check is the monitor's matter, not an error of the program
    return redact(event)

def start():
    """The error tracker, in each worker; without SENTRY_DSN or the package there is none."""
    dsn = os.environ.get("SENTRY_DSN", "").strip()
    if not dsn or sentry_sdk is None:
        return False
    sentry_sdk.init(
        dsn=dsn,
        environment=os.environ.get("SENTRY_ENVIRONMENT") or os.environ.get("ENVIRONMENT", "production"),
        release=os.environ.get("SENTRY_RELEASE") or os.environ.get("APP_VERSION") or None,
        traces_sample_rate=float(os.environ.get("SENTRY_TRACES_SAMPLE_RATE", "").strip() or 0.1),
        send_default_pii=False,
        before_send=_before_send,
        before_send_transaction=_before_send,
    )
    sentry_sdk.set_tag("app", SERVICE)
    sentry_sdk.set_tag("version", os.environ.get("APP_VERSION", "unknown"))
    return True

if prometheus_client:
    _answers = prometheus_client.Counter("http_answers_total", "Answers.", ["method", "status"])
    _seconds = prometheus_client.Histogram("http_answer_seconds", "Time to an answer.", ["method"])

def _metrics_page():
    if prometheus_client is None:
        return None
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # the workers' figures added up
        from prometheus_client import multiprocess

        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        return prometheus_client.generate_latest(registry)
    return prometheus_client.generate_latest()

def _id_of(given):
    return given if given and _SAFE_ID.fullmatch(given) else uuid.uuid4().hex

def _tell(method, path, status, began):
    seconds = time.monotonic() - began
    if prometheus_client and path not in QUIET:
        known = method if method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS") else "other"
        _answers.labels(known, str(status)).inc()
        _seconds.labels(known).observe(seconds)
    if path in QUIET and status < 500:
        return
    fields = {"method": method, "path": path, "status": status, "ms": round(seconds * 1000, 1)}
    logging.getLogger("request").log(
        logging.ERROR if status >= 500 else logging.INFO, "%s %s %s", method, path, status, extra={"fields": fields}
    )

class WatchedWsgi:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        began, status = time.monotonic(), [500]
        method, path = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
        token = request_id.set(_id_of(environ.get("HTTP_X_REQUEST_ID", "")))
        if path == METRICS and "HTTP_X_FORWARDED_FOR" not in environ:
            page = _metrics_page()
            request_id.reset(token)
            start_response("200 OK" if page else "404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
            return [page or b"no prometheus-client\n"]

        def answer(line, headers, *rest):
            status[0] = int(line.split(" ", 1)[0])
            return start_response(line, [*headers, ("X-Request-ID", request_id.get())], *rest)

        try:
            return self.app(environ, answer)
        finally:
            _tell(method, path, status[0], began)
            request_id.reset(token)

class WatchedAsgi:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, status = time.monotonic(), [500]
        headers = dict(scope.get("headers", ()))
        method, path = scope.get("method", ""), scope.get("path", "")
        own = _id_of(headers.get(b"x-request-id", b"").decode("latin-1"))
        token = request_id.set(own)
        if path == METRICS and b"x-forwarded-for" not in headers:
            page = _metrics_page()
            request_id.reset(token)
            kind = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 200 if page else 404, "headers": kind})
            return await send({"type": "http.response.body", "body": page or b"no prometheus-client\n"})

        async def answer(message):
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", own.encode())]}
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            _tell(method, path, status[0], began)
            request_id.reset(token)

def watch(app):
    """Round the application, whichever of the two it is."""
    import inspect

    call = getattr(app, "__call__", app)
    is_async = inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call)
    return WatchedAsgi(app) if is_async else WatchedWsgi(app)
