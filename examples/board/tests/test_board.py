import asyncio

import pytest
from aiohttp.test_utils import TestClient, TestServer

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
def rows(monkeypatch):
    """The table, in memory."""
    kept, broker = [], Broker()

    async def ask(text, *values):
        if text.startswith("INSERT"):
            kept.append((len(kept) + 1, values[0], None))
            return kept[-1:]
        return list(reversed(kept))

    async def quiet(_app):
        await asyncio.sleep(3600)

    monkeypatch.setattr(board, "ask", ask)
    monkeypatch.setattr(board, "hand_on", quiet)
    monkeypatch.setattr(store, "broker", lambda: broker)
    return broker


def talk(act):
    async def run():
        async with TestClient(TestServer(board.make_app())) as client:
            return await act(client)
    return asyncio.run(run())


def test_a_message_is_kept_and_queued(rows):
    async def act(client):
        answer = await client.post("/api/messages", json={"text": " moor the boat "})
        return answer.status, await (await client.get("/api/messages")).json()
    assert talk(act) == (201, {"messages": [{"id": 1, "text": "moor the boat", "words": None}]})
    assert rows.pushed == [1]


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "  "}, {"text": 5}, {"text": "x" * 2001}, []])
def test_a_bad_message_is_refused(rows, body):
    async def act(client):
        return (await client.post("/api/messages", json=body)).status
    assert talk(act) == 400 and rows.pushed == []


def test_a_message_is_text_not_markup(rows):
    async def act(client):
        await client.post("/api/messages", json={"text": "<b>bold</b>"})
        return await (await client.get("/")).text()
    assert "&lt;b&gt;bold" in talk(act)


def test_health_names_the_build(rows, monkeypatch):
    monkeypatch.setenv("FAIRLEAD_VERSION", "1.2.3")
    async def act(client):
        return await (await client.get("/api/health")).json()
    assert talk(act) == {"status": "ok", "version": "1.2.3", "commit": "unknown"}


def test_health_tells_when_the_database_is_gone(rows, monkeypatch):
    async def broken(*_):
        raise OSError("connection refused")
    monkeypatch.setattr(board, "ask", broken)
    async def act(client):
        return (await client.get("/api/health")).status
    assert talk(act) == 503


def test_listeners_are_told_goodbye(rows):
    async def act(client):
        socket = await client.ws_connect("/ws")
        await socket.send_str("hello")
        echo = await socket.receive_str()
        await board.farewell(client.server.app)
        end = await socket.receive()
        return echo, end.data
    assert talk(act) == ("hello", 1001)


def test_the_worker_counts_and_tells(rows, monkeypatch):
    done = []
    monkeypatch.setattr(store, "query", lambda _connection, text, *values: done.append(values) or ([("one two three",)] if text.startswith("SELECT") else []))
    worker.work(None, rows, "7")
    assert done == [("7",), (3, "7")] and rows.removed == ["7"] and '"words": 3' in rows.told[0]
