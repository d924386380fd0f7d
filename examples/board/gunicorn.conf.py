"""Written by `fairlead init --production`; yours to change.

What gunicorn reads beside its command line, each figure from a variable. It starts no worker on unsafe settings.
"""

import os
import shutil
import sys
import tempfile

# Each worker counts for itself; in files of this folder the figures are added up.
_own_folder = None
if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    _own_folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics.")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import config_production  # noqa: E402
import monitoring  # noqa: E402

def _number(name, default):
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdigit() or int(text) < 1:
        sys.exit(f"refused: {name} is {text!r}; write a whole number from 1")
    return int(text)

workers = _number("WEB_CONCURRENCY", 4)
timeout = _number("WORKER_TIMEOUT_SECONDS", 30)  # of a worker that answers nothing: it is replaced
graceful_timeout = _number("GRACEFUL_TIMEOUT_SECONDS", 25)  # for requests that are being answered; compose waits longer
keepalive = 5
max_requests, max_requests_jitter = 2000, 200  # a worker is renewed, so that a leak stays small
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")  # whose X-Forwarded-* count: the proxy's
accesslog = None  # monitoring.py writes a line of JSON per request
errorlog = "-"
control_socket_disable = True  # of gunicorn 25 and later: it would lie in a home that the image's user hasn't
logconfig_dict = monitoring.logging_settings()

def _apply_variables(server):
    # The command line wins over this file; a variable that somebody sets wins over both.
    if os.environ.get("WEB_CONCURRENCY", "").strip():
        server.cfg.set("workers", workers)
        server.num_workers = workers
    socket = os.environ.get("FAIRLEAD_SOCKET")  # a deployment without interruption asks for one more place to listen
    if socket and f"unix:{socket}" not in server.cfg.bind:
        server.cfg.set("bind", [*server.cfg.bind, f"unix:{socket}"])

def on_starting(server):
    if config_production.is_checked():
        try:
            config_production.load()
        except config_production.UnsafeSettings as unsafe:
            for reason in unsafe.reasons:
                server.log.error("refused: %s", reason)
            sys.exit(78)  # EX_CONFIG: starting it again would not help
    _apply_variables(server)

on_reload = _apply_variables

def child_exit(server, worker):
    if monitoring.prometheus_client:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)

def on_exit(server):
    if _own_folder and not server.reexec_pid:  # after USR2 the next master counts in it
        shutil.rmtree(_own_folder, ignore_errors=True)

def post_worker_init(worker):
    monitoring.start()
    worker.wsgi = monitoring.watch(worker.wsgi)
