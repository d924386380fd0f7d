import { useEffect, useState } from "react";
import { countOf, listen, load, merge, post, version } from "./messages.js";

export default function Board() {
  const [messages, setMessages] = useState([]);
  const [text, setText] = useState("");
  const [status, setStatus] = useState("");
  const [build, setBuild] = useState("");

  useEffect(() => {
    version().then(setBuild, () => setBuild("unknown"));
    const add = (news) => setMessages((known) => merge(known, news));
    return listen({
      // What was posted while nobody listened is in the list.
      opened: () => load().then((all) => (add(all), setStatus("")), (error) => setStatus(error.message)),
      heard: (message) => add([message]),
      closed: () => setStatus("Connecting again…"),
    });
  }, []);

  async function submit(event) {
    event.preventDefault();
    setStatus("");
    try {
      const message = await post(text);
      setMessages((known) => merge([message], known)); // the worker may have been faster
      setText("");
    } catch (error) {
      setStatus(`Not posted: ${error.message}`);
    }
  }

  return (
    <>
      <main>
        <h1>Board</h1>
        <form onSubmit={submit}>
          <label htmlFor="text">Message</label>
          <textarea id="text" rows={2} maxLength={2000} required value={text} onChange={(event) => setText(event.target.value)} />
          <button>Post</button>
        </form>
        <p role="status">{status}</p>
        <h2 id="heading">Messages</h2>
        <ul id="messages" aria-labelledby="heading" aria-live="polite">
          {messages.map((message) => (
            <li key={message.id}>
              <span>{message.text}</span>
              <span className="words">{countOf(message)}</span>
            </li>
          ))}
        </ul>
      </main>
      <footer>
        <p id="version">{build && `Version ${build}`}</p>
      </footer>
    </>
  );
}
