import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

interface Image {
  readonly name: string;
  readonly bytes: Buffer;
  readonly places: number[];
}

const sample = fileURLToPath(new URL('../../../../../apps/cli/sample/', import.meta.url));

/** Images of the sample that the command brings: radiographs as teams get them. */
export async function readSampleImages(): Promise<Image[]> {
  const names = (await readdir(sample, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
  return await Promise.all(
    names.slice(0, mostSampleImages).map(async (name) => {
      const bytes = await readFile(join(sample, name));
      return { name: `png, ${name}`, bytes, places: findPngPlaces(bytes) };
    }),
  );
}

/** Further ones are made alike. */
const mostSampleImages = 6;

/** One picture of 40×30 pixels in the forms that test sets come in, and in some that they must not. */
export async function makeImages(): Promise<Image[]> {
  const pixels = Buffer.from(Array.from({ length: 40 * 30 * 3 }, (_, place) => (place * 7919) % 251));
  const picture = () => sharp(pixels, { raw: { width: 40, height: 30, channels: 3 } });
  const forms: Readonly<Record<string, Sharp>> = {
    'png, 8 bits': picture().png(),
    'png, grey': picture().toColourspace('b-w').png(),
    'png, 16 bits': picture().toColourspace('rgb16').png(),
    'png, 16 bits, grey': picture().toColourspace('grey16').png(),
    'png, alpha': picture().ensureAlpha(0.5).png(),
    'png, palette': picture().png({ palette: true, colours: 16 }),
    'png, interlaced': picture().png({ progressive: true }),
    'png, with a profile': picture().withIccProfile('p3').png(),
    jpeg: picture().jpeg(),
    'jpeg, progressive': picture().jpeg({ progressive: true }),
    'jpeg, CMYK': picture().toColourspace('cmyk').jpeg(),
    'jpeg, with Exif': picture().withMetadata({ orientation: 6 }).jpeg(),
    tiff: picture().tiff(),
    gif: picture().gif(),
    webp: picture().webp(),
  };
  const made = Object.entries(forms).map(async ([name, form]) => {
    const bytes = await form.toBuffer();
    return { name, bytes, places: name.startsWith('png') ? findPngPlaces(bytes) : [] };
  });
  return await Promise.all(made);
}

/** Lengths and types of chunks, and each number of the header. */
function findPngPlaces(png: Buffer): number[] {
  const places = [16, 20, 24, 25, 26, 27, 28];
  for (const at of listChunks(png)) places.push(at, at + 4);
  return places;
}

/** Makes the checksum of each chunk right again, so that a decoder believes what it says. */
export function mendPng(png: Buffer): Buffer {
  const mended = Buffer.from(png);
  for (const at of listChunks(mended)) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 <= mended.length) mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
  }
  return mended;
}

function listChunks(png: Buffer): number[] {
  const chunks: number[] = [];
  for (let at = 8; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) chunks.push(at);
  return chunks;
}
