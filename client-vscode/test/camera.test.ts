import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Camera, fit, reveal, zoom } from '../webview/camera';

const SCREEN = { width: 800, height: 600 };
const onScreen = ({ x, y, scale }: Camera, px: number, py: number) => [px * scale + x, py * scale + y];

test('a small drawing is not blown up, a large one is shown whole', () => {
  assert.deepEqual(fit({ width: 200, height: 100 }, SCREEN), { x: 300, y: 250, scale: 1 });
  const camera = fit({ width: 4000, height: 1000 }, SCREEN);
  const [right = 0, bottom = 0] = onScreen(camera, 4000, 1000);
  assert.ok(right <= 800 && bottom <= 600 && camera.x >= 0 && camera.y >= 0);
});

test('zooming keeps the place under the pointer', () => {
  const camera = { x: 10, y: 20, scale: 0.5 };
  const [px, py] = [(300 - 10) / 0.5, (200 - 20) / 0.5];
  assert.deepEqual(onScreen(zoom(camera, 1.5, 300, 200), px, py).map(Math.round), [300, 200]);
  assert.equal(zoom(camera, 1e9, 0, 0).scale, 2.5);
});

test('revealing moves nothing that is seen already, and zooms only where it is told to', () => {
  const camera = { x: 0, y: 0, scale: 1 };
  const size = { width: 100, height: 40 };
  assert.equal(reveal(camera, { x: 300, y: 300, ...size }, SCREEN, 0.7), camera);
  assert.deepEqual(reveal(camera, { x: 1000, y: 300, ...size }, SCREEN, 0), { x: -324, y: 0, scale: 1 });
  assert.equal(reveal({ ...camera, scale: 0.1 }, { x: 300, y: 300, ...size }, SCREEN, 0).scale, 0.1);
  assert.equal(reveal({ ...camera, scale: 0.1 }, { x: 300, y: 300, ...size }, SCREEN, 0.7).scale, 0.7);
});
