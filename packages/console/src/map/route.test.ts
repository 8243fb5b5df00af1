import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeBox } from './boxes.ts';
import { edgeCurve, type Point, toPixels } from './geometry.ts';
import { placeLabels } from './labels.ts';
import { routeEdges } from './route.ts';

const at = (x: number, y: number): Point => toPixels({ x: x * 2.4, y: y * 1.6 });

test('an edge with nothing in its way needs no route', () => {
  const [from, to] = [at(0, 0), at(2, 0)];
  expect(routeEdges([from, to, at(1, 1), at(1, -1)], [{ key: 'e', from, to }]).size).toBe(0);
});

test('two edges behind one node take two lanes', () => {
  const [from, to, far] = [at(0, 0), at(2, 0), at(3, 0)];
  const routes = routeEdges(
    [from, to, far, at(1, 0)],
    [
      { key: 'a', from, to },
      { key: 'b', from, to: far },
    ],
  );
  const [a, b] = [routes.get('a')?.[0]?.y ?? 0, routes.get('b')?.[0]?.y ?? 0];
  expect(Math.abs(a - b)).toBeGreaterThan(10);
});

test('edges that share a gap do not cross in it', () => {
  const [from, up, down] = [at(0, 0), at(3, -0.25), at(2, 1)];
  const routes = routeEdges(
    [from, up, down, at(1, 0.25), at(1, -1.5)],
    [
      { key: 'up', from, to: up },
      { key: 'down', from, to: down },
    ],
  );
  expect(routes.get('up')?.[0]?.y ?? 0).toBeLessThan(routes.get('down')?.[0]?.y ?? 0);
});

const anyGrid = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -3, max: 3 })), {
  maxLength: 18,
  selector: ([x, y]) => `${x} ${y}`,
});

test('whatever stands between, a route runs behind none of it', () => {
  fc.assert(
    fc.property(anyGrid, fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), (grid, start, end) => {
      const [from, to] = [at(0, start), at(5, end)];
      const between = grid.map(([x, y]) => at(x, y));
      const passes = routeEdges([from, to, ...between], [{ key: 'e', from, to }]).get('e') ?? [];
      for (const box of between.map(nodeBox)) {
        for (const pass of passes) {
          const beside = pass.right <= box.left || pass.left >= box.right;
          expect(beside || pass.y < box.top || pass.y > box.bottom).toBe(true);
        }
      }
      const { path, points } = edgeCurve(from, to, 2, passes);
      expect(path).not.toContain('NaN');
      expect(points.length).toBeGreaterThan(10);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('labels stand clear of nodes and of each other; without room, one says so', () => {
  const nodes = [at(0, 0), at(1, 0), at(1, 0.35)];
  const edges = nodes.slice(1).map((to, index) => ({ key: `${index}`, points: edgeCurve(at(0, 0), to, 2).points }));
  const places = [...placeLabels(nodes, edges).values()];
  expect(places.some((place) => place.free)).toBe(true);
  const cramped = [at(0, 0), at(0.5, 0)];
  const points = edgeCurve(at(0, 0), at(0.5, 0), 2).points;
  expect(placeLabels(cramped, [{ key: 'e', points }]).get('e')?.free).toBe(false);
});
