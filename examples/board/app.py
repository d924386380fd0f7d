"""Board: messages that everybody sees at once, over a WebSocket."""
import asyncio
import contextlib
import pathlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

import config_production
import store

HERE = pathlib.Path(__file__).resolve().parent
BUILT = HERE / "frontend" / "dist"  # by `npm run build`; where nobody built it, plain/ does the same without React

settings = config_production.load() if config_production.is_checked() else None  # gunicorn.conf.py has asked before

app = FastAPI(title="Board", **(settings.for_fastapi() if settings else {}))
if settings:
    app.add_middleware(CORSMiddleware, **settings.for_cors())
listeners = set()


class Message(BaseModel):
    text: str


async def ask(text, *values):
    """The database's driver waits, so a thread does."""
    def run():
        connection = store.database()
        try:
            return store.query(connection, text, *values)
        finally:
            connection.close()
    return await asyncio.to_thread(run)


def as_dict(row):
    return dict(zip(("id", "text", "words"), row))


def refused():
    return JSONResponse({"error": f"text must be 1 to {store.LONGEST_MESSAGE} characters"}, status_code=400)


@app.exception_handler(RequestValidationError)
async def not_a_message(_request, _error):
    return refused()


@app.get("/api/messages")
async def listed():
    rows = await ask("SELECT id, text, words FROM messages ORDER BY id DESC LIMIT 100")
    return {"messages": [as_dict(row) for row in rows]}


@app.post("/api/messages", status_code=201)
async def post(message: Message):
    text = message.text.strip()
    if not 0 < len(text) <= store.LONGEST_MESSAGE or "\0" in text:  # PostgreSQL holds no NUL
        return refused()
    row = (await ask("INSERT INTO messages (text) VALUES (%s) RETURNING id, text, words", text))[0]
    await asyncio.to_thread(store.broker().lpush, store.QUEUE, row[0])
    return as_dict(row)


@app.websocket("/ws")
async def listen(socket: WebSocket):
    """Each message once its words are counted; what a client says comes back to it."""
    origin = socket.headers.get("origin")
    if settings and origin and origin not in settings.allowed_origins:  # CORS doesn't hold for WebSockets
        return await socket.close()
    await socket.accept()
    listeners.add(socket)
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except (WebSocketDisconnect, RuntimeError, KeyError):  # gone; gone while it was answered; bytes
        pass
    finally:
        listeners.discard(socket)


async def trouble():
    """What keeps this process from doing its work, or nothing."""
    try:
        await ask("SELECT 1 FROM messages LIMIT 1")
        await asyncio.to_thread(store.broker().ping)
    except Exception as error:  # the drivers have no base in common
        return f"{type(error).__module__}: {str(error).strip().splitlines()[0]}"
    return None


@app.get("/api/health")
async def health():
    reason = await trouble()
    answer = {"status": "ok" if reason is None else "sick", **store.build()}
    if reason is not None:
        answer["reason"] = reason
    return JSONResponse(answer, status_code=200 if reason is None else 503)


async def tell(text):
    for socket in list(listeners):
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it left meanwhile
            await socket.send_text(text)


async def hand_on():
    """Events of the workers to everybody who listens here."""
    while True:
        try:
            channel = store.broker().pubsub()
            await asyncio.to_thread(channel.subscribe, store.EVENTS)
            while True:
                if event := await asyncio.to_thread(channel.get_message, True, 1):
                    await tell(event["data"])
        except Exception as error:
            print(f"events: {error}; again in a second", flush=True)
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def lifespan(_app):
    task = asyncio.create_task(hand_on())
    yield
    task.cancel()


app.router.lifespan_context = lifespan  # FastAPI below 0.93 takes it nowhere else
if BUILT.is_dir():
    app.mount("/", StaticFiles(directory=BUILT, html=True))
else:
    @app.get("/board.css")
    async def style():
        return FileResponse(HERE / "frontend" / "public" / "board.css")

    app.mount("/", StaticFiles(directory=HERE / "plain", html=True))
