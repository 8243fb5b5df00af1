export function animate(
  frames: readonly { readonly webp: Buffer; readonly ms: number }[],
  size: { readonly width: number; readonly height: number },
): Buffer;
