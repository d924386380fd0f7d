"""What the kit's settings module refuses, this application does not start on."""
import os
import pathlib
import secrets
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent.parent
SOUND = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_hex(32),
    "DATABASE_URL": "postgresql://board:p@db/board",
    "REDIS_URL": "redis://:p@redis:6379/0",
    "FRONTEND_URL": "https://board.example.org",
    "ALLOWED_ORIGINS": "https://board.example.org",
    "ALLOWED_HOSTS": "board.example.org",
}
UNSAFE = [
    ("DEBUG", "true"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "change-me" * 10),
    ("DATABASE_URL", "sqlite:///board.db"),
    ("REDIS_URL", ""),
    ("FRONTEND_URL", "http://board.example.org"),
    ("ALLOWED_ORIGINS", "*"),
    ("ALLOWED_ORIGINS", "http://localhost:5173"),
    ("ALLOWED_HOSTS", "*"),
    ("LOG_LEVEL", "debug"),
]


def start(program, **changed):
    variables = {"PATH": os.environ["PATH"], **SOUND, **changed}
    return subprocess.run([sys.executable, "-c", program], cwd=HERE, env=variables, capture_output=True, text=True)


@pytest.mark.parametrize("name, value", UNSAFE)
def test_an_unsafe_setting_is_refused(name, value):
    web = start("import app", **{name: value})
    assert web.returncode != 0 and "UnsafeSettings" in web.stderr and name in web.stderr
    worker = start("import worker; worker.main()", **{name: value})
    assert worker.returncode == 78 and f"refused: {name}" in worker.stderr


def test_sound_settings_start_and_close_the_documentation():
    done = start("import app; print(app.app.docs_url, app.app.openapi_url, app.app.debug)")
    assert (done.returncode, done.stdout) == (0, "None None False\n")


def test_sockets_of_other_sites_are_refused():
    done = start(
        "import app\n"
        "from fastapi.testclient import TestClient\n"
        "from starlette.websockets import WebSocketDisconnect\n"
        "client = TestClient(app.app)\n"
        "with client.websocket_connect('/ws', headers={'Origin': 'https://board.example.org'}) as socket:\n"
        "    socket.send_text('ours')\n"
        "    print(socket.receive_text())\n"
        "try:\n"
        "    with client.websocket_connect('/ws', headers={'Origin': 'https://else.example.org'}):\n"
        "        print('let in')\n"
        "except WebSocketDisconnect:\n"
        "    print('refused')\n"
    )
    assert done.stdout == "ours\nrefused\n", done.stderr
