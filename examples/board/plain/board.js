// The page without React, for a host that has no npm: the same API, the same style.
const list = document.getElementById("messages");
const status = document.getElementById("status");

function show(message) {
  const known = document.getElementById(`message-${message.id}`);
  if (message.words == null && known) return; // the worker was faster than the answer to who posted
  const item = known ?? list.insertBefore(document.createElement("li"), list.firstChild);
  item.id = `message-${message.id}`;
  const text = document.createElement("span"), words = document.createElement("span");
  text.textContent = message.text; // text, never markup
  words.className = "words";
  words.textContent = message.words == null ? "being counted" : `${message.words} words`;
  item.replaceChildren(text, words);
}

async function load() {
  const answer = await fetch("/api/messages");
  if (!answer.ok) throw new Error(`the list answered ${answer.status}`);
  for (const message of (await answer.json()).messages.reverse()) show(message);
}

document.getElementById("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = document.getElementById("text");
  status.textContent = "";
  try {
    const answer = await fetch("/api/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: field.value }),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    field.value = "";
    show(said);
  } catch (error) {
    status.textContent = `Not posted: ${error.message}`;
  }
});

function listen() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
  // What was posted while nobody listened is in the list.
  socket.addEventListener("open", () => load().then(() => (status.textContent = ""), (error) => (status.textContent = error.message)));
  socket.addEventListener("message", (event) => show(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    status.textContent = "Connecting again…"; // a release ended: the next one is there already
    setTimeout(listen, 500);
  });
}

const health = await fetch("/api/health").then((answer) => answer.json(), () => ({}));
document.getElementById("version").textContent = `Version ${health.version ?? "unknown"}`;
listen();
