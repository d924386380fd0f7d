import sqlite3

import pytest

import app as notes


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setattr(notes, "DATA", tmp_path)
    return notes.app.test_client()


def test_the_page_is_empty_at_first(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Nothing kept yet." in answer.text


def test_a_note_is_kept_and_shown(client):
    assert client.post("/", data={"text": " buy rope "}).status_code == 303
    assert "<li>buy rope</li>" in client.get("/").text


def test_a_note_is_text_not_markup(client):
    client.post("/", data={"text": "<b>bold</b>"})
    assert "&lt;b&gt;bold" in client.get("/").text


def test_the_api_lists_what_it_created(client):
    assert client.post("/api/notes", json={"text": "first"}).status_code == 201
    assert client.get("/api/notes").get_json() == {"notes": ["first"]}


def test_a_deleted_note_is_gone(client):
    number = client.post("/api/notes", json={"text": "first"}).get_json()["id"]
    assert client.delete(f"/api/notes/{number}").status_code == 204
    assert client.get("/api/notes").get_json() == {"notes": []}
    assert client.delete(f"/api/notes/{number}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "  "}, {"text": 5}, {"text": "x" * 2001}, []])
def test_a_bad_note_is_refused(client, body):
    assert client.post("/api/notes", json=body).status_code == 400
    assert client.get("/api/notes").get_json() == {"notes": []}


def test_a_token_guards_the_api_when_there_is_one(client, monkeypatch):
    monkeypatch.setenv("NOTES_API_TOKEN", "example")
    assert client.post("/api/notes", json={"text": "x"}).status_code == 401
    assert client.delete("/api/notes/1").status_code == 401
    right = {"Authorization": "Bearer example"}
    assert client.post("/api/notes", json={"text": "x"}, headers=right).status_code == 201


def test_health_names_the_build(client, monkeypatch):
    monkeypatch.setenv("FAIRLEAD_VERSION", "1.2.3")
    monkeypatch.setenv("FAIRLEAD_COMMIT", "0123abc")
    assert client.get("/api/health").get_json() == {"status": "ok", "version": "1.2.3", "commit": "0123abc"}


def test_health_tells_when_the_database_is_gone(client, monkeypatch):
    def broken():
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(notes, "database", broken)
    answer = client.get("/api/health")
    assert answer.status_code == 503
    assert answer.get_json()["reason"] == "database: unable to open database file"
