"""Notes: one page, a small API, SQLite in the shared data folder."""
import hmac
import os
import pathlib
import sqlite3

from flask import Flask, g, jsonify, redirect, render_template, request

HERE = pathlib.Path(__file__).parent
DATA = pathlib.Path(os.environ.get("NOTES_DATA", HERE / "data"))
SCHEMA = (HERE / "migrations/1_notes.up.sql").read_text()  # a deployment has run it before
LONGEST_NOTE = 2000

app = Flask(__name__)


def database():
    if "database" not in g:
        DATA.mkdir(parents=True, exist_ok=True)
        g.database = sqlite3.connect(DATA / "notes.sqlite", timeout=10)
        g.database.execute("PRAGMA journal_mode = WAL")
        g.database.executescript(SCHEMA)
    return g.database


@app.teardown_appcontext
def close_database(_error):
    opened = g.pop("database", None)
    if opened is not None:
        opened.close()


def all_notes():
    return [text for (text,) in database().execute("SELECT text FROM notes ORDER BY id")]


def add_note(text):
    """The new note's number; nothing: it is empty or too long."""
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        return None
    with database() as transaction:
        return transaction.execute("INSERT INTO notes (text) VALUES (?)", (text,)).lastrowid


def build():
    return {"version": os.environ.get("FAIRLEAD_VERSION", "development"),
            "commit": os.environ.get("FAIRLEAD_COMMIT", "unknown")}


@app.get("/")
def page():
    return render_template("index.html", notes=all_notes(), build=build())


@app.post("/")
def submit():
    add_note(request.form.get("text", ""))
    return redirect("/", code=303)


@app.get("/api/notes")
def list_notes():
    return jsonify(notes=all_notes())


def may_write():
    token = os.environ.get("NOTES_API_TOKEN")  # unset: everybody may
    given = request.headers.get("Authorization", "")
    return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


@app.post("/api/notes")
def create_note():
    if not may_write():
        return jsonify(error="the token is missing or wrong"), 401
    body = request.get_json(silent=True)
    text = body.get("text") if isinstance(body, dict) else None
    number = add_note(text) if isinstance(text, str) else None
    if number is None:
        return jsonify(error=f"text must be 1 to {LONGEST_NOTE} characters"), 400
    return jsonify(id=number, text=text.strip()), 201


@app.delete("/api/notes/<int:number>")
def delete_note(number):
    if not may_write():
        return jsonify(error="the token is missing or wrong"), 401
    with database() as transaction:
        deleted = transaction.execute("DELETE FROM notes WHERE id = ?", (number,)).rowcount
    return ("", 204) if deleted else (jsonify(error="there is no such note"), 404)


def trouble():
    """What keeps this process from doing its work, or nothing."""
    try:
        database().execute("SELECT count(*) FROM notes").fetchone()
    except sqlite3.Error as error:
        return f"database: {error}"
    return None


@app.get("/api/health")
def health():
    reason = trouble()
    answer = {"status": "ok" if reason is None else "sick", **build()}
    if reason is not None:
        answer["reason"] = reason
    return jsonify(answer), 200 if reason is None else 503
