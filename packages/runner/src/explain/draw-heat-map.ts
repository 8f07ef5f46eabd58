import type { HeatMap, HeatMapArea } from '@holdout/contracts';
import { interpolateInferno } from 'd3-scale-chromatic';
import sharp from 'sharp';

/**
 * Lays a heat map over its picture. The colours are inferno's, which grow lighter in one direction and can be told apart by
 * the colour-blind; the hottest place of the map has the last one, and where there is no heat the picture stays as it is.
 *
 * @param opacity - of the hottest place, 0..1
 * @returns a PNG of the picture's own size
 */
export async function drawHeatMap(path: string, map: HeatMap, { opacity }: { opacity: number }): Promise<Buffer> {
  const { data, info } = await sharp(path)
    .flatten({ background: 'black' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const heat = await spread(toBytes(map), map, { width, height });
  const colours = Buffer.alloc(width * height * 4);
  for (const [pixel, level] of heat.entries()) {
    colours.set(palette[level] ?? [0, 0, 0], pixel * 4);
    colours[pixel * 4 + 3] = Math.round(255 * opacity * Math.min(1, (2 * level) / 255));
  }
  const overlay = { input: colours, raw: { width, height, channels: 4 as const } };
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .composite([overlay])
    .removeAlpha()
    .png()
    .toBuffer();
}

const palette = Array.from({ length: 256 }, (_, level) => {
  const hexadecimal = interpolateInferno(level / 255).slice(1);
  return [0, 2, 4].map((first) => Number.parseInt(hexadecimal.slice(first, first + 2), 16));
});

/** What speaks against *abnormal* is no heat. */
function toBytes({ values }: HeatMap): Buffer {
  const hottest = Math.max(...values);
  return Buffer.from(values.map((value) => (hottest > 0 ? Math.round((255 * Math.max(0, value)) / hottest) : 0)));
}

/** The map over the part of the picture that it is of, a byte a pixel. */
async function spread(bytes: Buffer, map: HeatMap, size: { width: number; height: number }): Promise<Buffer> {
  const place = placeArea(map.area, size);
  const spreadOut = await sharp(bytes, { raw: { width: map.width, height: map.height, channels: 1 } })
    .resize(place.width, place.height, { fit: 'fill', kernel: 'linear' })
    .extract(place.shown)
    // Or sharp makes three channels of the one.
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const { width, height } = place.shown;
  return await sharp(spreadOut, { raw: { width, height, channels: 1 } })
    .extend({
      left: place.left,
      top: place.top,
      right: size.width - place.left - width,
      bottom: size.height - place.top - height,
      background: 'black',
    })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}

/** In pixels: how large the map is, which part of it lies on the picture, and where. */
function placeArea(area: HeatMapArea, size: { width: number; height: number }) {
  const [width, height] = [Math.round(area.width * size.width), Math.round(area.height * size.height)];
  const [left, top] = [Math.round(area.left * size.width), Math.round(area.top * size.height)];
  const shown = {
    left: Math.max(0, -left),
    top: Math.max(0, -top),
    width: Math.min(size.width, left + width) - Math.max(0, left),
    height: Math.min(size.height, top + height) - Math.max(0, top),
  };
  return { width, height, left: Math.max(0, left), top: Math.max(0, top), shown };
}
