// Wires the parts of the page together. Reading order: server, conversation, message, then the rest.

import { Attachments } from "./attachments.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { showAction, showBot, showConnecting, showIdle, showWhetherUp } from "./header.js";
import { showAlert, showConnection, succeeded, toast } from "./notices.js";
import { Pad } from "./pad.js";
import { NUMBER, numberButton, sampleButtons, samplePhoto } from "./samples.js";
import { Server } from "./server.js";
import { startTheme } from "./theme.js";

const FIRST_CHAT = 1001; // a private chat's id is the id of the person in it

const chatId = Number(/^#chat=(\d+)$/.exec(location.hash)?.[1] ?? FIRST_CHAT);
const mine = (message) => message.from?.id === chatId;

const server = new Server(chatId);
const composer = new Composer(server, mine);
const conversation = new Conversation(mine, {
  command: (text) => succeeded(server.sendText(text)),
  copy,
  reply: (message) => composer.replyTo(message),
  press,
  enlarge,
});

/** A pressed button looks busy until the bot has answered, as in Telegram. */
async function press(message, button, node) {
  node.ariaBusy = "true";
  if (!(await succeeded(server.press(message.message_id, button.callback_data)))) release();
}

function release() {
  for (const node of document.querySelectorAll(".key[aria-busy=true]")) node.ariaBusy = null;
}

async function sendSample(rows) {
  await succeeded(server.sendFile("photo", await samplePhoto(rows)));
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast("Copied");
}

function setCommands(commands) {
  composer.setCommands(commands);
  showWhetherUp(commands.length > 0);
}

function enlarge(address, alt) {
  byId("viewer-image").src = address;
  byId("viewer-image").alt = alt;
  byId("viewer").showModal();
}

const handlers = {
  snapshot({ bot, messages, commands }) {
    showBot(bot);
    setCommands(commands);
    conversation.replace(messages);
  },
  message({ message }) {
    if (!mine(message)) showIdle();
    conversation.add(message);
  },
  edited: ({ message }) => conversation.edit(message),
  deleted: ({ message_id: messageId }) => conversation.remove(messageId),
  reaction: ({ message_id: messageId, reaction }) => conversation.react(messageId, reaction),
  action: ({ action }) => showAction(action),
  commands: ({ commands }) => setCommands(commands),
  callback_answer({ text, show_alert: asAlert }) {
    release();
    if (text) (asAlert ? showAlert : toast)(text);
  },
};

startTheme();
new Attachments(server);
new Pad(server);
byId("start").addEventListener("click", () => succeeded(server.sendText("/start")));
byId("viewer").addEventListener("click", () => byId("viewer").close());
byId("welcome-samples").append(
  ...sampleButtons("Send", (digit) => sendSample([[digit]])),
  numberButton(() => sendSample(NUMBER)),
);
addEventListener("hashchange", () => location.reload());
server.listen(
  (event) => handlers[event.type]?.(event),
  (connected) => {
    showConnection(connected);
    if (!connected) showConnecting();
  },
);
