// Photos and files: picked, dropped or pasted, looked at once more, and sent.

import { byId, element, icon } from "./dom.js";
import { readableSize } from "./message.js";

const ALBUM_SIZE = 10; // photos, at most

const newAlbumId = () => String(crypto.getRandomValues(new Uint32Array(1))[0]);

export class Attachments {
  #files = [];

  constructor(server) {
    this.server = server;
    this.dialog = byId("preview");
    this.#listenForFiles();
    byId("preview-form").addEventListener("submit", (event) => this.#submit(event));
    byId("preview-cancel").addEventListener("click", () => this.dialog.close());
    byId("as-file").addEventListener("change", () => this.#title());
    // The event comes a moment after the closing: by then the dialog may show other files.
    this.dialog.addEventListener("close", () => this.dialog.open || this.#forget());
  }

  #listenForFiles() {
    const picker = byId("file");
    byId("attach").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      this.offer([...picker.files]);
      picker.value = ""; // so that picking the same file again is a change again
    });
    document.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length === 0) return;
      event.preventDefault();
      this.offer([...event.clipboardData.files]);
    });
    const drop = byId("drop");
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      drop.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) drop.hidden = true; // null: the pointer left the window
    });
    addEventListener("drop", (event) => {
      drop.hidden = true;
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.offer([...event.dataTransfer.files]);
    });
  }

  /** Shows the files before they are sent; more files join those already shown. */
  offer(files) {
    if (files.length === 0) return;
    if (!this.dialog.open) this.#forget(); // what a closing has not forgotten yet
    this.#files.push(...files);
    byId("preview-files").append(...files.map((file) => this.#preview(file)));
    this.#title();
    if (!this.dialog.open) this.dialog.showModal();
    byId("caption").focus();
  }

  #title() {
    const kind = byId("as-file").checked ? "file" : "photo";
    const count = this.#files.length;
    byId("preview-title").textContent = count === 1 ? `Send a ${kind}` : `Send ${count} ${kind}s`;
  }

  #preview(file) {
    const image = element("img", { alt: file.name, src: URL.createObjectURL(file) });
    // Not a picture this browser can show (HEIC, a text…): then only its bytes can be sent.
    image.addEventListener("error", () => {
      byId("as-file").checked = true;
      this.#title();
      const label = element("span", {}, `${file.name}, ${readableSize(file.size)}`);
      image.replaceWith(element("p", { className: "preview-file" }, icon("file"), label));
    });
    return image;
  }

  async #submit(event) {
    event.preventDefault();
    const kind = byId("as-file").checked ? "document" : "photo";
    const files = this.#files;
    byId("preview-send").disabled = true;
    byId("preview-problem").hidden = true;
    try {
      await this.#send(kind, files);
      if (this.#stillShows(files)) this.dialog.close();
    } catch (error) {
      if (this.#stillShows(files)) this.#tell(error.message);
    }
    byId("preview-send").disabled = false;
  }

  async #send(kind, files) {
    let album = null;
    for (let sent = 0; files.length > 0; sent++) {
      if (sent % ALBUM_SIZE === 0) album = kind === "photo" && files.length > 1 ? newAlbumId() : null;
      await this.server.sendFile(kind, files[0], byId("caption").value.trim(), album);
      if (!this.#stillShows(files)) return;
      byId("caption").value = ""; // one caption, on the first, as in an album
      files.shift();
      byId("preview-files").firstElementChild.remove();
    }
  }

  /** False once the dialog was closed, during an upload for instance; it may show others by now. */
  #stillShows(files) {
    return this.#files === files;
  }

  #tell(problem) {
    byId("preview-problem").textContent = problem;
    byId("preview-problem").hidden = false;
  }

  #forget() {
    for (const image of byId("preview-files").querySelectorAll("img")) URL.revokeObjectURL(image.src);
    byId("preview-files").replaceChildren();
    byId("preview-form").reset();
    byId("preview-problem").hidden = true;
    this.#files = [];
  }
}
