// The page's only way to the server: POSTs that either succeed or throw a sentence, and one event stream.

const RETRY_MS = 1500;
const NO_ANSWER = "The demo server does not answer. Is it still running?";

export const fileUrl = (fileId) => `/client/files/${encodeURIComponent(fileId)}`;

/** Whether the file is still there. Its first bytes tell too little: Chromium may have them. */
const canBeRead = (file) =>
  file.stream().pipeTo(new WritableStream()).then(
    () => true,
    () => false,
  );

export class Server {
  constructor(chatId) {
    this.base = `/client/${chatId}`;
  }

  /** Calls onEvent(event) for each event, and onConnection(true or false) when the line comes or goes. */
  listen(onEvent, onConnection) {
    const stream = new EventSource(`${this.base}/events`);
    stream.onopen = () => onConnection(true);
    stream.onmessage = (message) => onEvent(JSON.parse(message.data));
    stream.onerror = () => {
      onConnection(false);
      // A browser retries by itself after a lost line, but gives up on an HTTP error.
      if (stream.readyState === EventSource.CLOSED) {
        setTimeout(() => this.listen(onEvent, onConnection), RETRY_MS);
      }
    };
  }

  sendText(text, replyToId = null) {
    return this.#postJson("text", replyToId ? { text, reply_to_message_id: replyToId } : { text });
  }

  press(messageId, data) {
    return this.#postJson("press", { message_id: messageId, data });
  }

  /**
   * kind: "photo" (the server recompresses it) or "document" (kept byte for byte);
   * album: what the photos that are sent together have in common, or null.
   */
  async sendFile(kind, file, caption = "", album = null) {
    // Else the browser only says that the request failed, as if the server were gone.
    if (!(await canBeRead(file))) {
      throw new Error(`“${file.name}” can't be read: it is a folder, or was moved or changed. Choose it again.`);
    }
    const body = new FormData();
    body.append("file", file, file.name);
    if (caption) body.append("caption", caption);
    return this.#post(album ? `${kind}?album=${album}` : kind, { body });
  }

  #postJson(path, record) {
    const headers = { "Content-Type": "application/json" };
    return this.#post(path, { headers, body: JSON.stringify(record) });
  }

  async #post(path, request) {
    let response;
    try {
      response = await fetch(`${this.base}/${path}`, { method: "POST", ...request });
    } catch {
      throw new Error(NO_ANSWER);
    }
    if (response.ok) return;
    const refusal = await response.json().catch(() => ({}));
    throw new Error(refusal.error ?? `The demo server failed (HTTP ${response.status}). Its log says why.`);
  }
}
