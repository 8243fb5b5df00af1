import { memo, type PointerEvent, type ReactNode, useMemo, useRef } from 'react';
import type { Box } from '../../map/camera.ts';
import { nodeDots } from '../../map/detail.ts';
import type { MapGraph } from '../../map/graph.ts';
import type { CameraControl } from './use-camera.ts';

const WIDTH_PX = 168;
const HEIGHT_PX_MAX = 112;

interface MinimapProps {
  readonly graph: MapGraph;
  /** Around all nodes. */
  readonly box: Box;
  readonly control: CameraControl;
}

/** All of the map, and the part in view; a press or drag goes there. For the pointer only: keys have 0, + and −. */
export function Minimap({ graph, box, control }: MinimapProps): ReactNode {
  const frame = useRef<SVGSVGElement>(null);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const scale = Math.min(WIDTH_PX / width, HEIGHT_PX_MAX / height);
  const { camera, size } = control;

  function go(event: PointerEvent): void {
    const bounds = frame.current?.getBoundingClientRect();
    if (bounds === undefined || event.buttons !== 1) return;
    control.centerOn({
      x: box.left + ((event.clientX - bounds.left) / bounds.width) * width,
      y: box.top + ((event.clientY - bounds.top) / bounds.height) * height,
    });
  }
  return (
    <div className="minimap" data-testid="minimap" aria-hidden onPointerDown={(event) => event.stopPropagation()}>
      <svg
        ref={frame}
        width={width * scale}
        height={height * scale}
        viewBox={`${box.left} ${box.top} ${width} ${height}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={go}
      >
        <MinimapDots graph={graph} />
        <rect
          className="minimap-view"
          x={-camera.x / camera.zoom}
          y={-camera.y / camera.zoom}
          width={size.width / camera.zoom}
          height={size.height / camera.zoom}
          strokeWidth={1.5 / scale}
        />
      </svg>
    </div>
  );
}

const MinimapDots = memo(function MinimapDots({ graph }: { readonly graph: MapGraph }): ReactNode {
  const dots = useMemo(() => [...nodeDots(graph)], [graph]);
  return dots.map(([kind, path]) => <path key={kind} d={path} className={kind === 'quiet' ? '' : `o-${kind}`} />);
});
