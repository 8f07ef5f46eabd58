import { existsSync } from 'node:fs';

/** The system's Chromium; another one is named by HOLDOUT_CHROMIUM. */
export function findChromium(): string {
  const places = [
    process.env.HOLDOUT_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (!found) throw new Error('No Chromium was found. Type: apt-get install chromium, or set HOLDOUT_CHROMIUM.');
  return found;
}
