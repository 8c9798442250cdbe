/** What of the drawing is seen: a point of it is at `point * scale + (x, y)` on the screen. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.05;
const LARGEST = 2.5;
const MARGIN = 24;

/** All of a drawing in the middle of the screen, never larger than it is. */
export function fit(drawing: Size, screen: Size): Camera {
  const across = (screen.width - 2 * MARGIN) / Math.max(1, drawing.width);
  const down = (screen.height - 2 * MARGIN) / Math.max(1, drawing.height);
  const scale = Math.min(1, Math.max(SMALLEST, Math.min(across, down)));
  return {
    x: (screen.width - drawing.width * scale) / 2,
    y: (screen.height - drawing.height * scale) / 2,
    scale,
  };
}

/** Zoom, while the point (`x`, `y`) of the screen keeps its place. */
export function zoom(camera: Camera, factor: number, x: number, y: number): Camera {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, camera.scale * factor));
  const by = scale / camera.scale;
  return { x: x - (x - camera.x) * by, y: y - (y - camera.y) * by, scale };
}

export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x + dx, y: camera.y + dy };
}

/** Move no more than needed to see a box of the drawing, at a scale of at least `least`: perhaps not at all. */
export function reveal(
  camera: Camera,
  box: Size & { readonly x: number; readonly y: number },
  screen: Size,
  least: number,
): Camera {
  const larger = least / camera.scale;
  const near = larger > 1 ? zoom(camera, larger, screen.width / 2, screen.height / 2) : camera;
  const inside = (start: number, length: number, room: number) =>
    start < MARGIN ? MARGIN - start : Math.min(0, room - MARGIN - (start + length));
  const { x, y, scale } = near;
  const dx = inside(box.x * scale + x, box.width * scale, screen.width);
  const dy = inside(box.y * scale + y, box.height * scale, screen.height);
  return dx === 0 && dy === 0 ? near : pan(near, dx, dy);
}
