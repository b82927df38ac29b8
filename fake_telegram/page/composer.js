// The line where text is written: sending, replying, and the list of the bot's commands.
// What was written is never lost: a text that could not be sent comes back.

import { byId, element } from "./dom.js";
import { senderName, summary } from "./message.js";
import { succeeded } from "./notices.js";

const BEGINS_A_COMMAND = /^\/\w*$/;

export class Composer {
  #commands = [];
  #replyTo = null;

  constructor(server, mine) {
    this.server = server;
    this.mine = mine;
    this.text = byId("text");
    this.list = byId("commands");
    this.button = byId("commands-button");
    byId("text-form").addEventListener("submit", (event) => this.#submit(event));
    byId("reply-cancel").addEventListener("click", () => this.replyTo(null));
    this.text.addEventListener("keydown", (event) => this.#typed(event));
    this.text.addEventListener("input", () => this.#suggest());
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    this.button.addEventListener("click", (event) => {
      this.#showCommands(this.list.hidden ? "/" : null);
      const byKeyboard = event.detail === 0;
      if (byKeyboard) this.list.firstElementChild?.focus();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".composer")) this.#showCommands(null);
    });
  }

  setCommands(commands) {
    this.#commands = commands;
    this.button.hidden = commands.length === 0;
  }

  /** The next text answers this message; null for none. */
  replyTo(message) {
    this.#replyTo = message;
    byId("reply-bar").hidden = message === null;
    if (!message) return;
    byId("reply-name").textContent = this.mine(message) ? "You" : senderName(message);
    byId("reply-text").textContent = summary(message);
    this.text.focus();
  }

  async #send(text) {
    const sent = await succeeded(this.server.sendText(text, this.#replyTo?.message_id));
    if (sent) this.replyTo(null);
    return sent;
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text) return this.text.focus();
    this.text.value = "";
    this.#showCommands(null);
    const sent = await this.#send(text);
    // Let the person mend it; what they went on writing meanwhile follows.
    if (!sent) this.text.value = [text, this.text.value].filter(Boolean).join("\n");
  }

  #typed(event) {
    // While an input method composes a character, Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("text-form").requestSubmit();
    } else if (event.key === "Escape") {
      this.#showCommands(null);
      this.replyTo(null);
    } else if (event.key === "ArrowUp" && !this.list.hidden) {
      event.preventDefault();
      this.list.lastElementChild.focus();
    }
  }

  #suggest() {
    const start = BEGINS_A_COMMAND.test(this.text.value) ? this.text.value : null;
    this.#showCommands(start);
  }

  /** Lists the commands that begin with `start` ("/" for all); null hides the list. */
  #showCommands(start) {
    const fitting = start === null ? [] : this.#commands.filter((one) => `/${one.command}`.startsWith(start));
    this.list.replaceChildren(...fitting.map((one) => this.#commandButton(one)));
    this.list.hidden = fitting.length === 0;
    this.button.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  #commandButton({ command, description }) {
    const onclick = async () => {
      this.#showCommands(null);
      if (BEGINS_A_COMMAND.test(this.text.value)) this.text.value = "";
      this.text.focus();
      await this.#send(`/${command}`);
    };
    return element(
      "button",
      { type: "button", className: "command", onclick },
      element("span", { className: "command-name" }, `/${command}`),
      element("span", { className: "command-description" }, description),
    );
  }

  #walk(event) {
    const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (event.key === "Escape") this.#showCommands(null);
    if (!step && event.key !== "Escape") return;
    event.preventDefault();
    (event.target[step] ?? this.text).focus();
  }
}
