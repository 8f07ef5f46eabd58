// Makes the README's picture from the screenshot that the browser tests leave (`npx vitest run test/pages.test.ts`).
//
//   node scripts/make-pictures.mjs

import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const screenshot = fileURLToPath(new URL('../test/screenshots/leaderboard-light.png', import.meta.url));
const picture = fileURLToPath(new URL('../docs/leaderboard.png', import.meta.url));

// A page has few colours; with a palette the picture is a quarter as large, and looks the same.
const { width, height, size } = await sharp(screenshot).png({ palette: true, compressionLevel: 9 }).toFile(picture);
console.log(`${picture}: ${width} × ${height}, ${Math.round(size / 1024)} KiB`);
