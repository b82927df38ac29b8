// Digits in a hand of our own, for a visitor with no photo at hand and for those who can't draw.

import { element } from "./dom.js";
import { PAPERS, asPng, paint } from "./ink.js";

// Strokes as x, y in a box of 100 × 100. A point given twice is a corner.
const DIGITS = [
  [[[54, 12], [37, 17], [26, 38], [25, 62], [34, 83], [50, 89], [67, 81], [75, 60], [73, 35], [63, 17], [50, 11], [43, 16]]],
  [[[56, 10], [54, 35], [51, 62], [47, 90]]],
  [[[28, 31], [33, 15], [52, 10], [69, 20], [69, 38], [55, 58], [38, 75], [25, 87], [25, 87], [45, 83], [77, 87]]],
  [[[29, 19], [47, 9], [67, 15], [69, 32], [56, 44], [43, 47], [43, 47], [63, 50], [74, 65], [66, 83], [47, 91], [27, 82]]],
  [[[48, 9], [40, 36], [24, 60], [24, 60], [50, 60], [79, 57]], [[65, 32], [62, 60], [58, 92]]],
  [[[37, 14], [33, 45], [33, 45], [48, 38], [67, 44], [73, 62], [64, 83], [45, 90], [27, 82]], [[37, 14], [54, 14], [73, 11]]],
  [[[64, 10], [45, 27], [30, 52], [28, 75], [40, 90], [58, 89], [70, 75], [65, 59], [50, 54], [36, 61], [29, 74]]],
  [[[25, 18], [50, 18], [75, 14], [75, 14], [61, 43], [51, 66], [44, 91]]],
  [[[67, 23], [53, 10], [36, 17], [35, 34], [51, 47], [67, 61], [67, 81], [50, 91], [33, 81], [34, 62], [51, 46], [65, 35], [69, 26], [64, 16]]],
  [[[68, 29], [58, 13], [40, 15], [31, 32], [39, 48], [56, 48], [67, 33], [69, 24], [69, 24], [67, 57], [61, 91]]],
];

/** Lines of digits, each a list. */
export const NUMBER = [
  [4, 7, 2],
  [1, 9, 0],
];

const PHOTO_SIDE = 640; // pixels
const THUMBNAIL_SIDE = 96;

/** The strokes of one digit, `side` pixels tall, with its box's middle at (x, y). */
export function sampleStrokes(digit, { x, y, side, tilt = 0 }) {
  const scale = side / 100;
  const place = ([left, top]) => {
    const [across, down] = [(left - 50) * scale, (top - 50) * scale];
    return [
      x + across * Math.cos(tilt) - down * Math.sin(tilt),
      y + across * Math.sin(tilt) + down * Math.cos(tilt),
    ];
  };
  return DIGITS[digit].map((points) => ({ width: side * 0.065, points: points.map(place) }));
}

/** The strokes of lines of digits, spread evenly over a canvas. */
function rowsOfStrokes(rows, canvas, tilt = 0) {
  return rows.flatMap((row, line) =>
    row.flatMap((digit, place) => {
      const cell = { width: canvas.width / row.length, height: canvas.height / rows.length };
      const middle = { x: (place + 0.5) * cell.width, y: (line + 0.5) * cell.height };
      return sampleStrokes(digit, { ...middle, side: Math.min(cell.width, cell.height) * 0.75, tilt });
    }),
  );
}

/** A picture of digits on light paper, tilted a little differently each time, as a hand would. */
export function samplePhoto(rows) {
  const canvas = element("canvas", { width: PHOTO_SIDE, height: PHOTO_SIDE });
  const tilt = (Math.random() - 0.5) * 0.2; // radians
  paint(canvas, rowsOfStrokes(rows, canvas, tilt), PAPERS.light);
  return asPng(canvas, `sample-${rows.map((row) => row.join("")).join("-")}.png`);
}

/** A button for each digit that shows it and calls onPick(digit). */
export function sampleButtons(verb, onPick) {
  return DIGITS.map((_, digit) => sampleButton(`${verb} a ${digit}`, [[digit]], () => onPick(digit)));
}

/** A button, twice as wide, that shows NUMBER and calls onPick(). */
export function numberButton(onPick) {
  const button = sampleButton("Send two lines of digits", NUMBER, onPick, 2 * THUMBNAIL_SIDE);
  button.classList.add("wide");
  return button;
}

function sampleButton(label, rows, onclick, width = THUMBNAIL_SIDE) {
  const canvas = element("canvas", { width, height: THUMBNAIL_SIDE });
  paint(canvas, rowsOfStrokes(rows, canvas), PAPERS.light);
  const button = { type: "button", className: "sample", "aria-label": label, onclick };
  return element("button", button, canvas);
}
