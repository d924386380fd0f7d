import os

import psycopg
import redis
from flask import Flask, render_template

app = Flask(__name__)


@app.get("/")
def page():
    return render_template("page.html")


@app.get("/api/health")
def health():
    return {"status": "healthy"}


@app.post("/api/items")
def add():
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute("INSERT INTO items DEFAULT VALUES")
        count = database.execute("SELECT count(*) FROM items").fetchone()[0]
    return {"items": count, "asked": redis.Redis.from_url(os.environ["REDIS_URL"]).incr("asked")}
