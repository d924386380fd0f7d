"""Board: messages that everybody sees at once, over a WebSocket."""
import asyncio
import html
import os
import pathlib
import sys
import weakref

from aiohttp import WSCloseCode, web

import store

PAGE = (pathlib.Path(__file__).parent / "index.html").read_text()
routes = web.RouteTableDef()


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


async def newest():
    rows = await ask("SELECT id, text, words FROM messages ORDER BY id DESC LIMIT 100")
    return [as_dict(row) for row in rows]


@routes.get("/")
async def page(_request):
    items = "".join(f"<li>{html.escape(one['text'])}</li>" for one in await newest())
    return web.Response(text=PAGE.replace("{{messages}}", items).replace("{{version}}", html.escape(store.build()["version"])), content_type="text/html")


@routes.get("/api/messages")
async def listed(_request):
    return web.json_response({"messages": await newest()})


@routes.post("/api/messages")
async def post(request):
    try:
        text = (await request.json())["text"].strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        text = ""
    if not text or len(text) > store.LONGEST_MESSAGE:
        return web.json_response({"error": f"text must be 1 to {store.LONGEST_MESSAGE} characters"}, status=400)
    row = (await ask("INSERT INTO messages (text) VALUES (%s) RETURNING id, text, words", text))[0]
    await asyncio.to_thread(request.app["broker"].lpush, store.QUEUE, row[0])
    return web.json_response(as_dict(row), status=201)


@routes.get("/ws")
async def listen(request):
    """Each message once its words are counted; what a client says comes back to it."""
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    request.app["listeners"].add(socket)
    async for message in socket:
        await socket.send_str(message.data)
    await goodbye(socket)
    return socket


async def goodbye(socket):
    await socket.close(code=WSCloseCode.GOING_AWAY, message=b"bye")


async def trouble(app):
    """What keeps this process from doing its work, or nothing."""
    try:
        await ask("SELECT 1 FROM messages LIMIT 1")
        await asyncio.to_thread(app["broker"].ping)
    except Exception as error:  # the drivers have no base in common
        return f"{type(error).__module__}: {str(error).strip().splitlines()[0]}"
    return None


@routes.get("/api/health")
async def health(request):
    reason = await trouble(request.app)
    answer = {"status": "ok" if reason is None else "sick", **store.build()}
    if reason is not None:
        answer["reason"] = reason
    return web.json_response(answer, status=200 if reason is None else 503)


async def hand_on(app):
    """Events of the workers to everybody who listens here."""
    while True:
        try:
            channel = store.broker().pubsub()
            await asyncio.to_thread(channel.subscribe, store.EVENTS)
            while True:
                event = await asyncio.to_thread(channel.get_message, True, 1)
                for socket in list(app["listeners"]) if event else ():
                    await socket.send_str(event["data"])
        except Exception as error:
            print(f"events: {error}; again in a second", flush=True)
            await asyncio.sleep(1)


async def farewell(app):
    for socket in set(app["listeners"]):
        await goodbye(socket)


async def background(app):
    task = asyncio.create_task(hand_on(app))
    yield
    task.cancel()


def make_app():
    app = web.Application()
    app["listeners"], app["broker"] = weakref.WeakSet(), store.broker()
    app.add_routes(routes)
    app.cleanup_ctx.append(background)
    app.on_shutdown.append(farewell)
    return app


if __name__ == "__main__":
    if len(sys.argv) > 1:  # a socket's path
        web.run_app(make_app(), path=sys.argv[1], print=None)
    else:  # a port, and the socket of its slot where fairlead-deploy gives it one
        web.run_app(make_app(), host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), path=os.environ.get("FAIRLEAD_SOCKET"), print=None)
