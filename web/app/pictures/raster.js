// Pictures of SVG as pixels.

/** Browsers refuse canvases that are higher or wider. */
const PIXELS_MAX = 16_000;

/** A PNG of a picture `{width, height, svg}`, `scale` pixels for each unit, fewer where that would be too large; throws where the browser cannot. */
export async function pngOf({ width, height, svg }, scale) {
  const fitting = Math.min(scale, PIXELS_MAX / Math.max(width, height));
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: Math.round(width * fitting), height: Math.round(height * fitting) });
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve); });
    if (!blob) throw new Error('it is too large for this browser');
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
