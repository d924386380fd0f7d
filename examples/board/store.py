"""What web and worker share: PostgreSQL holds the messages, Redis hands them on."""
import os

import psycopg2
import redis

QUEUE, TAKEN, EVENTS = "board:queue", "board:taken", "board:events"
LONGEST_MESSAGE = 2000


def database():
    return psycopg2.connect(os.environ.get("DATABASE_URL", "postgresql:///board"), connect_timeout=10)


def broker():
    return redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"), socket_connect_timeout=2, decode_responses=True)


def query(connection, text, *values):
    """Rows of one statement, committed."""
    with connection, connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def count_words(text):
    return len(text.split())


def build():
    return {"version": os.environ.get("FAIRLEAD_VERSION") or os.environ.get("APP_VERSION", "development"), "commit": os.environ.get("FAIRLEAD_COMMIT", "unknown")}
