export interface Gestures {
  /** (`x`, `y`) is the place under the pointer, from the corner of the surface. */
  readonly zoomed: (factor: number, x: number, y: number) => void;
  readonly panned: (dx: number, dy: number) => void;
  readonly clicked: (target: EventTarget | null) => void;
}

/** Pixels that a hand may tremble within a click. */
const TREMBLE = 3;

/** Wheel, pinch, drag and click of a surface. */
export function gestures(surface: SVGSVGElement, { zoomed, panned, clicked }: Gestures): void {
  surface.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { left, top } = surface.getBoundingClientRect();
      const speed = event.ctrlKey ? 100 : 400; // a pinch comes as small steps with ctrl
      zoomed(Math.exp(-event.deltaY / speed), event.clientX - left, event.clientY - top);
    },
    { passive: false },
  );

  /** What is clicked is what was under the pointer when it went down: the drawing may move within a click. */
  interface Held {
    readonly id: number;
    readonly target: EventTarget | null;
    readonly x: number;
    readonly y: number;
    readonly moved: boolean;
  }
  let held: Held | undefined;
  surface.addEventListener('pointerdown', (event) => {
    if (event.button === 0) {
      const { pointerId: id, target, clientX: x, clientY: y } = event;
      held = { id, target, x, y, moved: false };
    }
  });
  surface.addEventListener('pointermove', (event) => {
    if (held?.id !== event.pointerId) {
      return;
    }
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) <= TREMBLE) {
      return;
    }
    if (!held.moved) {
      surface.setPointerCapture(event.pointerId);
      surface.classList.add('panning');
    }
    held = { ...held, x: event.clientX, y: event.clientY, moved: true };
    panned(dx, dy);
  });
  surface.addEventListener('pointerup', (event) => {
    if (held?.id === event.pointerId && !held.moved) {
      clicked(held.target);
    }
    release();
  });
  surface.addEventListener('pointercancel', release);

  function release(): void {
    held = undefined;
    surface.classList.remove('panning');
  }
}
