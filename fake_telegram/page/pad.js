// The drawing pad: by mouse, pen or finger, sent as a photo.

import { byId } from "./dom.js";
import { PAPERS, asPng, paint } from "./ink.js";
import { sampleButtons, sampleStrokes } from "./samples.js";

// Sample digits that the paper has room for.
const PER_LINE = 4;
const LINES = 3;

export class Pad {
  #strokes = [];
  #paper = "light";
  #pointer = null; // id of the pointer that draws; a second finger or the palm is ignored
  #sending = null; // the strokes that are on their way

  constructor(server) {
    this.server = server;
    this.dialog = byId("pad");
    this.canvas = byId("canvas");
    this.#listenToPointer();
    this.#listenToTools();
    byId("pad-samples").append(...sampleButtons("Put", (digit) => this.#putSample(digit)));
    byId("draw").addEventListener("click", () => this.open());
    byId("pad-cancel").addEventListener("click", () => this.dialog.close());
    byId("pad-form").addEventListener("submit", (event) => this.#submit(event));
  }

  open() {
    this.#show();
    this.dialog.showModal();
  }

  #listenToPointer() {
    this.canvas.addEventListener("pointerdown", (event) => {
      if (this.#pointer !== null || event.button !== 0) return;
      this.#pointer = event.pointerId;
      this.canvas.setPointerCapture(event.pointerId);
      const stroke = { width: byId("pen").valueAsNumber, points: [this.#point(event)] };
      this.#strokes = [...this.#strokes, stroke];
      this.#show();
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.#pointer) return;
      // Between two frames a fast hand makes several moves; without them curves turn into corners.
      const moves = event.getCoalescedEvents?.() ?? [];
      const points = (moves.length > 0 ? moves : [event]).map((move) => this.#point(move));
      this.#strokes.at(-1).points.push(...points);
      this.#show();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, (event) => {
        if (event.pointerId === this.#pointer) this.#pointer = null;
      });
    }
  }

  #point(event) {
    const shown = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - shown.left) * this.canvas.width) / shown.width,
      ((event.clientY - shown.top) * this.canvas.height) / shown.height,
    ];
  }

  #listenToTools() {
    byId("undo").addEventListener("click", () => this.#undo());
    byId("clear").addEventListener("click", () => this.#clear());
    byId("paper").addEventListener("click", () => {
      this.#paper = this.#paper === "light" ? "dark" : "light";
      byId("paper").setAttribute("aria-pressed", String(this.#paper === "dark"));
      this.#show();
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#undo();
    });
  }

  #undo() {
    this.#pointer = null; // the stroke that is being drawn ends, too
    this.#strokes = this.#strokes.slice(0, -1);
    this.#show();
  }

  #clear() {
    this.#pointer = null;
    this.#strokes = [];
    this.#show();
  }

  #putSample(digit) {
    this.#pointer = null;
    const { width, height } = this.canvas;
    // Beside and below what was put before it.
    const place = Math.max(-1, ...this.#strokes.map((stroke) => stroke.place ?? -1)) + 1;
    if (place === PER_LINE * LINES) return this.#showProblem("The paper is full: send it, or clear it.");
    const x = ((place % PER_LINE) + 0.5) * (width / PER_LINE);
    const y = (Math.floor(place / PER_LINE) + 0.5) * (height / LINES);
    const strokes = sampleStrokes(digit, { x, y, side: height * 0.26 });
    this.#strokes = [...this.#strokes, ...strokes.map((stroke) => ({ ...stroke, place }))];
    this.#show();
  }

  #show() {
    paint(this.canvas, this.#strokes, PAPERS[this.#paper]);
    const empty = this.#strokes.length === 0;
    for (const id of ["undo", "clear"]) byId(id).disabled = empty;
    byId("pad-send").disabled = empty || this.#sending !== null;
    byId("pad-problem").hidden = true;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending !== null) return;
    this.#pointer = null; // what goes on from here is a stroke of its own
    this.#sending = this.#strokes;
    byId("pad-send").disabled = true;
    let problem = null;
    try {
      await this.server.sendFile("photo", await asPng(this.canvas, "drawing.png"));
      // What was drawn meanwhile is not lost.
      if (this.#strokes === this.#sending) {
        this.dialog.close();
        this.#strokes = [];
      }
    } catch (error) {
      problem = error.message;
    }
    this.#sending = null;
    this.#show();
    if (problem !== null) this.#showProblem(problem);
  }

  #showProblem(problem) {
    byId("pad-problem").textContent = problem;
    byId("pad-problem").hidden = false;
  }
}
