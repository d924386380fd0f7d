import pytest
from fastapi.testclient import TestClient

import app as board
import store
import worker


class Broker:
    def __init__(self):
        self.pushed, self.told, self.removed = [], [], []

    def lpush(self, _key, number):
        self.pushed.append(number)

    def lrem(self, _key, _count, number):
        self.removed.append(number)

    def publish(self, _channel, text):
        self.told.append(text)

    def ping(self):
        return True


@pytest.fixture
def broker(monkeypatch):
    """Redis and the table, in memory."""
    kept, broker = [], Broker()

    async def ask(text, *values):
        if text.startswith("INSERT"):
            kept.append((len(kept) + 1, values[0], None))
            return kept[-1:]
        return list(reversed(kept))

    async def quiet():
        pass

    monkeypatch.setattr(board, "ask", ask)
    monkeypatch.setattr(board, "hand_on", quiet)
    monkeypatch.setattr(store, "broker", lambda: broker)
    return broker


@pytest.fixture
def client(broker):
    with TestClient(board.app) as client:
        yield client


def test_a_message_is_kept_and_queued(client, broker):
    answer = client.post("/api/messages", json={"text": " moor the boat "})
    assert (answer.status_code, answer.json()) == (201, {"id": 1, "text": "moor the boat", "words": None})
    assert client.get("/api/messages").json() == {"messages": [answer.json()]}
    assert broker.pushed == [1]


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "  "}, {"text": ["5"]}, {"text": "x" * 2001}, {"text": "a\0b"}, []])
def test_a_bad_message_is_refused(client, broker, body):
    answer = client.post("/api/messages", json=body)
    assert (answer.status_code, answer.json()) == (400, {"error": "text must be 1 to 2000 characters"})
    assert broker.pushed == []


def test_what_is_no_json_is_refused(client):
    assert client.post("/api/messages", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400


def test_the_page_and_its_style(client):
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html") and "<title>Board</title>" in page.text
    assert client.get("/board.css").headers["content-type"].startswith("text/css")
    assert "<script>" not in page.text and "<style>" not in page.text  # the proxy's policy for content forbids them


def test_health_names_the_build(client, monkeypatch):
    monkeypatch.setenv("FAIRLEAD_VERSION", "1.2.3")
    answer = client.get("/api/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": "1.2.3", "commit": "unknown"})


def test_health_tells_when_the_database_is_gone(client, monkeypatch):
    async def broken(*_):
        raise OSError("connection refused")
    monkeypatch.setattr(board, "ask", broken)
    answer = client.get("/api/health")
    assert answer.status_code == 503 and "connection refused" in answer.json()["reason"]


def test_health_tells_when_redis_is_gone(client, broker, monkeypatch):
    def broken():
        raise OSError("no Redis")
    monkeypatch.setattr(broker, "ping", broken)
    assert client.get("/api/health").status_code == 503


def test_everybody_who_listens_is_told(client):
    with client.websocket_connect("/ws") as one, client.websocket_connect("/ws") as two:
        for socket in (one, two):
            socket.send_text("hello")
            assert socket.receive_text() == "hello"
        client.portal.call(board.tell, "news")
        assert (one.receive_text(), two.receive_text()) == ("news", "news")


def test_who_has_left_is_forgotten(client):
    with client.websocket_connect("/ws") as socket:
        socket.send_text("hello")
        socket.receive_text()
        assert len(board.listeners) == 1
    client.portal.call(board.tell, "news")
    assert not board.listeners


def test_the_worker_counts_and_tells(broker, monkeypatch):
    done = []
    monkeypatch.setattr(store, "query", lambda _connection, text, *values: done.append(values) or ([("one two three",)] if text.startswith("SELECT") else []))
    worker.work(None, broker, "7")
    assert done == [("7",), (3, "7")] and broker.removed == ["7"] and '"words": 3' in broker.told[0]


def test_the_worker_passes_over_a_message_that_is_gone(broker, monkeypatch):
    monkeypatch.setattr(store, "query", lambda *_: [])
    worker.work(None, broker, "7")
    assert broker.removed == ["7"] and broker.told == []
