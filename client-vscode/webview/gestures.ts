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

  let held:
    | { readonly id: number; readonly x: number; readonly y: number; readonly moved: boolean }
    | undefined;
  surface.addEventListener('pointerdown', (event) => {
    if (event.button === 0) {
      held = { id: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
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
    held = { id: held.id, x: event.clientX, y: event.clientY, moved: true };
    panned(dx, dy);
  });
  surface.addEventListener('pointerup', (event) => {
    if (held?.id === event.pointerId && !held.moved) {
      clicked(event.target);
    }
    release();
  });
  surface.addEventListener('pointercancel', release);

  function release(): void {
    held = undefined;
    surface.classList.remove('panning');
  }
}
