"""Takes messages off the queue, counts their words, tells everybody who looks. Ends between two messages when it is told to."""
import json
import os
import pathlib
import signal
import sys

import config_production
import store

ALIVE = os.environ.get("WORKER_ALIVE")  # a file that is touched each second; the health check looks at its age
leaving = False


def leave(*_):
    global leaving
    leaving = True


def work(connection, broker, number):
    """One message: done twice it comes to the same."""
    rows = store.query(connection, "SELECT text FROM messages WHERE id = %s", number)
    if rows:
        words = store.count_words(rows[0][0])
        store.query(connection, "UPDATE messages SET words = %s WHERE id = %s", words, number)
        broker.publish(store.EVENTS, json.dumps({"id": int(number), "text": rows[0][0], "words": words, "by": store.build()["version"]}))
    broker.lrem(store.TAKEN, 1, number)


def main():
    if config_production.is_checked():
        try:
            config_production.load()
        except config_production.UnsafeSettings as unsafe:
            print(*(f"refused: {reason}" for reason in unsafe.reasons), sep="\n", file=sys.stderr)
            sys.exit(78)  # as gunicorn.conf.py does
    signal.signal(signal.SIGTERM, leave)
    connection, broker = store.database(), store.broker()
    # What a worker had when it was killed; another one may be at it, which does no harm.
    while (number := broker.rpop(store.TAKEN)) is not None:
        broker.lpush(store.QUEUE, number)
    print("worker: ready", flush=True)
    while not leaving:
        if ALIVE:
            pathlib.Path(ALIVE).touch()
        if number := broker.blmove(store.QUEUE, store.TAKEN, 1, "RIGHT", "LEFT"):
            work(connection, broker, number)


if __name__ == "__main__":
    main()
