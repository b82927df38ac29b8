// The bar at the top: who one talks to, and what the bot is doing now.

import { byId } from "./dom.js";

const ACTION_MS = 5000; // Telegram shows a chat action for 5 seconds, or until the next message

const ACTIONS = {
  typing: "typing…",
  upload_photo: "sending a photo…",
  upload_document: "sending a file…",
};

let idle = "connecting…";
let timer;

export function showBot(bot) {
  byId("bot-name").textContent = bot.first_name;
  document.title = `${bot.first_name}: demo chat`;
}

/** The bot is up once it has told its commands. */
export function showWhetherUp(isUp) {
  idle = isUp ? "bot, running on this computer" : "the bot is starting…";
  showIdle();
}

export function showConnecting() {
  idle = "connecting…";
  showIdle();
}

export function showAction(action) {
  byId("status").textContent = ACTIONS[action] ?? "working…";
  byId("status").classList.add("active");
  clearTimeout(timer);
  timer = setTimeout(showIdle, ACTION_MS);
}

export function showIdle() {
  clearTimeout(timer);
  byId("status").textContent = idle;
  byId("status").classList.remove("active");
}
