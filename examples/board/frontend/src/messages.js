const API = import.meta.env?.VITE_API_URL ?? "/api";

// The newest first, each once: the one that is counted takes the place of the one that wasn't, never the other way round,
// whichever comes first: the worker may be faster than the answer to who posted.
export function merge(messages, news) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  for (const message of news) if (message.words != null || byId.get(message.id)?.words == null) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => b.id - a.id);
}

export function countOf(message) {
  return message.words == null ? "being counted" : `${message.words} words`;
}

async function answerOf(response) {
  const said = await response.json();
  if (!response.ok) throw new Error(said.error ?? `answered ${response.status}`);
  return said;
}

export async function load() {
  return (await answerOf(await fetch(`${API}/messages`))).messages;
}

export async function post(text) {
  return answerOf(
    await fetch(`${API}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
    }),
  );
}

export async function version() {
  const said = await fetch(`${API}/health`).then((response) => response.json());
  return said.version;
}

// Calls `opened` each time the socket is there, and `closed` each time it is lost; the answer ends it for good.
export function listen({ opened, heard, closed }) {
  let socket, timer, over = false;
  function connect() {
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
    socket.addEventListener("open", opened);
    socket.addEventListener("message", (event) => heard(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (over) return;
      closed();
      timer = setTimeout(connect, 500); // a release ended: the next one is there already
    });
  }
  connect();
  return () => {
    over = true;
    clearTimeout(timer);
    socket.close();
  };
}
