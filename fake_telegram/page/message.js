// One message as a bubble: quote, picture or file, text, time, reactions and inline buttons.

import { element, icon } from "./dom.js";
import { formatted } from "./entities.js";
import { fileUrl } from "./server.js";

const PHOTO_WIDTH = 320;
const PHOTO_HEIGHT = 380;
const PHOTO_ENLARGED = 8; // a 28-pixel picture is shown larger, but not as a blur over the whole width

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/**
 * The bubble of `message`.
 *
 * context: {mine(message), reactions: [ReactionType…], actions} where actions are what a person can do:
 * command(text), copy(text), press(message, button, node), reply(message), enlarge(address, alt), jumpTo(message_id).
 */
export function bubble(message, context) {
  const mine = context.mine(message);
  const content = [
    quote(message, context),
    picture(message, mine, context.actions),
    file(message),
    element(
      "div",
      { className: "words" },
      words(message, context.actions),
      element("footer", {}, ...reactionPills(context.reactions), stamp(message)),
    ),
  ];
  return element(
    "article",
    {
      className: message.photo ? "message with-photo" : "message",
      dataset: { messageId: message.message_id, side: mine ? "mine" : "bot" },
      "aria-label": mine ? "You" : senderName(message),
    },
    element("div", { className: "bubble" }, ...content, replyButton(message, context.actions)),
    keyboard(message, context.actions),
  );
}

/** What a quote or the reply bar says of a message, in one line. */
export function summary(message) {
  const text = message.text ?? message.caption;
  if (text) return text;
  if (message.photo) return "Photo";
  return message.document?.file_name ?? "Message";
}

export function senderName(message) {
  return message.from?.first_name ?? "Bot";
}

function quote(message, context) {
  const target = message.reply_to_message;
  if (!target) return null;
  const onclick = () => context.actions.jumpTo(target.message_id);
  const name = context.mine(target) ? "You" : senderName(target);
  return element(
    "button",
    { type: "button", className: "quote", title: "Go to this message", onclick },
    target.photo ? thumbnail(target.photo) : null,
    element("strong", {}, name),
    element("span", {}, summary(target)),
  );
}

// Telegram promises no order of the sizes, so measure.
const byArea = (photo) => [...photo].sort((a, b) => a.width * a.height - b.width * b.height);

function thumbnail(photo) {
  return element("img", { className: "thumbnail", alt: "", src: fileUrl(byArea(photo)[0].file_id) });
}

function picture(message, mine, actions) {
  if (!message.photo) return null;
  const largest = byArea(message.photo).at(-1);
  const scale = Math.min(PHOTO_WIDTH / largest.width, PHOTO_HEIGHT / largest.height, PHOTO_ENLARGED);
  const alt = mine ? "Photo you sent" : `Photo from ${senderName(message)}`;
  const image = element("img", {
    src: fileUrl(largest.file_id),
    // Given at once, so that the conversation does not jump when the picture arrives.
    width: Math.round(largest.width * scale),
    height: Math.round(largest.height * scale),
    alt,
  });
  const onclick = () => actions.enlarge(image.src, alt);
  return element("button", { type: "button", className: "photo", title: "Enlarge", onclick }, image);
}

function file(message) {
  if (!message.document) return null;
  const { file_id: fileId, file_name: name = "file", file_size: size } = message.document;
  return element(
    "a",
    { className: "document", href: fileUrl(fileId), download: name },
    element("span", { className: "document-icon" }, icon("file")),
    element("span", { className: "document-name" }, name),
    element("span", { className: "document-size" }, size === undefined ? "" : readableSize(size)),
  );
}

export function readableSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function words(message, actions) {
  const text = message.text ?? message.caption;
  if (!text) return message.photo || message.document ? null : unsupported();
  const entities = message.entities ?? message.caption_entities;
  return element("div", { className: "text" }, ...formatted(text, entities, actions));
}

function unsupported() {
  return element("div", { className: "text unsupported" }, "This page can’t show this kind of message.");
}

function stamp(message) {
  const sent = new Date(message.date * 1000);
  const time = element("time", { dateTime: sent.toISOString(), title: sent.toLocaleString() }, clock.format(sent));
  const edited = message.edit_date ? element("span", {}, "edited") : null;
  return element("span", { className: "stamp" }, edited, time);
}

function reactionPills(reactions) {
  return reactions.map((reaction) =>
    element("span", { className: "reaction", title: "Reaction of the bot" }, reaction.emoji ?? "★"),
  );
}

function replyButton(message, actions) {
  const onclick = () => actions.reply(message);
  const properties = { type: "button", className: "reply", title: "Reply", "aria-label": "Reply", onclick };
  return element("button", properties, icon("reply"));
}

function keyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const row = (buttons) => element("div", { className: "key-row" }, ...buttons.map(key));
  const key = (button) => {
    const address = button.url ?? button.web_app?.url;
    if (address && /^(https?|tg):/i.test(address)) {
      const link = { className: "key", href: address, target: "_blank", rel: "noopener noreferrer" };
      return element("a", link, `${button.text} ↗`);
    }
    const onclick = (event) => actions.press(message, button, event.currentTarget);
    const disabled = button.callback_data === undefined;
    return element("button", { type: "button", className: "key", disabled, onclick }, button.text);
  };
  return element("div", { className: "keyboard", role: "group", "aria-label": "Buttons" }, ...rows.map(row));
}
