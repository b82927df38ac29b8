// Strokes on paper. A stroke is {width, points: [[x, y]…]}, in pixels of the canvas.

export const PAPERS = {
  light: { paper: "#fbfaf5", ink: "#1d2a44" },
  dark: { paper: "#20302b", ink: "#f4f3ea" },
};

/** Covers the canvas with fresh paper and draws the strokes on it. */
export function paint(canvas, strokes, { paper, ink }) {
  const context = canvas.getContext("2d");
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = ink;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) drawStroke(context, stroke);
}

/** A smooth line: each point bends a curve that runs from the middle of one step to that of the next. */
function drawStroke(context, { width, points }) {
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...points[0]);
  for (let index = 1; index < points.length - 1; index += 1) {
    const [x, y] = points[index];
    const [nextX, nextY] = points[index + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points.at(-1));
  context.stroke();
}

/** The canvas as a PNG file, ready to be sent. */
export async function asPng(canvas, name) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return new File([blob], name, { type: "image/png" });
}
