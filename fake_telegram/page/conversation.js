// The list of bubbles: what is in it, in which order, and what part of it is seen.

import { bubble } from "./message.js";
import { byId, element } from "./dom.js";

const FOCUSABLE = "button, a[href], [tabindex]";
const NEAR_BOTTOM = 60; // pixels from the end that still count as "reading the newest"

const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOf = (message) => new Date(message.date * 1000).toDateString();
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Conversation {
  #messages = new Map(); // message_id → Message, oldest first
  #reactions = new Map(); // message_id → [ReactionType…]
  #atBottom = true;
  #unread = 0;

  constructor(mine, actions) {
    this.list = byId("messages");
    this.scroller = byId("scroller");
    this.context = { mine, actions: { ...actions, jumpTo: (id) => this.jumpTo(id) } };
    this.scroller.addEventListener("scroll", () => this.#noticeScroll(), { passive: true });
    byId("to-bottom").addEventListener("click", () => this.toBottom(true));
    const follow = new ResizeObserver(() => this.#atBottom && this.toBottom());
    follow.observe(this.scroller);
    follow.observe(this.list);
  }

  /** Shows exactly these messages. */
  replace(messages) {
    this.list.ariaBusy = "true"; // or a screen reader would read the whole history out
    this.list.replaceChildren();
    this.#messages.clear();
    this.#reactions.clear();
    for (const message of messages) this.#append(message);
    this.list.ariaBusy = "false";
    this.#showWelcome();
    this.toBottom();
  }

  add(message) {
    if (this.#messages.has(message.message_id)) return this.edit(message);
    this.#append(message, "arriving");
    this.#showWelcome();
    if (this.#atBottom || this.context.mine(message)) this.toBottom();
    else this.#unread += 1;
    this.#noticeScroll();
  }

  edit(message) {
    const shown = this.#element(message.message_id);
    if (!shown) return;
    this.#messages.set(message.message_id, message);
    this.#exchange(shown, this.#bubble(message));
  }

  remove(messageId) {
    this.#messages.delete(messageId);
    const shown = this.#element(messageId);
    if (!shown) return;
    const gone = () => {
      const label = shown.previousElementSibling;
      const lastOfDay = !shown.nextElementSibling?.matches(".message");
      if (lastOfDay && label?.matches(".day")) label.remove();
      this.#exchange(shown);
      this.#showWelcome();
    };
    if (stillness.matches) return gone();
    shown.classList.add("leaving");
    shown.addEventListener("animationend", gone, { once: true });
  }

  react(messageId, reactions) {
    this.#reactions.set(messageId, reactions);
    const message = this.#messages.get(messageId);
    if (message) this.edit(message);
  }

  jumpTo(messageId) {
    const shown = this.#element(messageId);
    if (!shown) return;
    shown.scrollIntoView({ block: "center", behavior: stillness.matches ? "auto" : "smooth" });
    shown.classList.remove("found");
    requestAnimationFrame(() => shown.classList.add("found"));
  }

  toBottom(smoothly = false) {
    // The welcome is read from its beginning.
    if (this.#messages.size === 0) return this.scroller.scrollTo({ top: 0 });
    const behavior = smoothly && !stillness.matches ? "smooth" : "auto";
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
  }

  #append(message, className = "") {
    const previous = [...this.#messages.values()].at(-1);
    if (!previous || dayOf(previous) !== dayOf(message)) {
      const label = day.format(new Date(message.date * 1000));
      this.list.append(element("p", { className: "day" }, label));
    }
    this.#messages.set(message.message_id, message);
    const shown = this.#bubble(message);
    if (className) shown.classList.add(className);
    this.list.append(shown);
  }

  /** Puts another bubble in the place of this one, or none; the focus stays where it was. */
  #exchange(shown, other = null) {
    const focused = document.activeElement;
    const had = shown.contains(focused);
    const place = [...shown.querySelectorAll(FOCUSABLE)].indexOf(focused);
    if (other) shown.replaceWith(other);
    else shown.remove();
    if (!had) return;
    const same = other?.querySelectorAll(FOCUSABLE)[place];
    // Else whoever uses the keyboard would begin anew at the top of the page.
    const next = same?.textContent === focused.textContent ? same : this.scroller;
    next.focus({ preventScroll: true });
  }

  #bubble(message) {
    const reactions = this.#reactions.get(message.message_id) ?? [];
    return bubble(message, { ...this.context, reactions });
  }

  #element(messageId) {
    return this.list.querySelector(`[data-message-id="${Number(messageId)}"]`);
  }

  #showWelcome() {
    const welcome = byId("welcome");
    const isOver = this.#messages.size > 0;
    // What is hidden loses the focus to the page: whoever uses the keyboard would begin anew.
    if (isOver && welcome.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    welcome.hidden = isOver;
  }

  #noticeScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.#atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.#atBottom) this.#unread = 0;
    byId("to-bottom").hidden = this.#atBottom;
    byId("unread").hidden = this.#unread === 0;
    byId("unread").textContent = String(this.#unread);
  }
}
