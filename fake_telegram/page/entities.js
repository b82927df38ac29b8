// Message text with its entities (bold, links, commands…) as DOM nodes.
// Bot API offsets count UTF-16 code units, and so do JavaScript's strings.

import { element } from "./dom.js";

const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/** Nodes for `text`. A click calls actions.command("/name") or actions.copy("code"). Entities may nest. */
export function formatted(text, entities = [], actions) {
  const outermostFirst = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodes(text, 0, text.length, outermostFirst, actions);
}

function nodes(text, start, end, entities, actions) {
  const result = [];
  let at = start;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const stop = Math.min(entity.offset + entity.length, end);
    const inside = others.filter((other) => other.offset < stop);
    const before = text.slice(at, entity.offset);
    const content = nodes(text, entity.offset, stop, inside, actions);
    // A block begins and ends a line by itself; the text's own line break would add an empty one.
    const isBlock = ["pre", "blockquote"].includes(TAGS[entity.type]);
    result.push(isBlock ? before.replace(/\n$/, "") : before);
    result.push(styled(entity, text.slice(entity.offset, stop), content, actions));
    at = isBlock && text[stop] === "\n" ? stop + 1 : stop;
    rest = others.slice(inside.length);
  }
  if (at < end) result.push(text.slice(at, end));
  return result;
}

function styled(entity, raw, content, actions) {
  if (entity.type === "bot_command") {
    const onclick = () => actions.command(raw);
    return element("button", { type: "button", className: "command-link", onclick }, ...content);
  }
  if (entity.type === "code") {
    const properties = { type: "button", className: "copy", title: "Copy", onclick: () => actions.copy(raw) };
    return element("button", properties, element("code", {}, ...content));
  }
  if (entity.type === "spoiler") return spoiler(content);
  const address = linkTarget(entity, raw);
  if (address) {
    return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...content);
  }
  return element(TAGS[entity.type] ?? "span", {}, ...content);
}

function spoiler(content) {
  const reveal = (event) => event.currentTarget.classList.add("revealed");
  const label = { type: "button", className: "spoiler", title: "Show hidden text", onclick: reveal };
  return element("button", label, ...content);
}

/** Where a link leads; null for what is no link, or not one a chat may open (javascript:, data:…). */
function linkTarget(entity, raw) {
  if (entity.type === "email") return `mailto:${raw}`;
  const address = { url: raw, text_link: entity.url }[entity.type];
  if (!address) return null;
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  return /^(https?|tg|mailto):/i.test(withScheme) ? withScheme : null;
}
