/** Which greys of a picture are spread over the whole range of the screen; greys are 0 to 255. */
export interface GreyWindow {
  readonly center: number;
  readonly width: number;
}

/** Every grey as it is. */
export const wholeWindow: GreyWindow = { center: 127.5, width: 255 };

const narrowest = 1;

/** The grey on the screen for each grey of the picture, linear within the window and black or white outside of it. */
export function makeGreyTable({ center, width }: GreyWindow): Uint8ClampedArray {
  const lowest = center - width / 2;
  return Uint8ClampedArray.from({ length: 256 }, (_, grey) => ((grey - lowest) / Math.max(narrowest, width)) * 255);
}

/** Writes pixels (RGBA, a byte each) as they are seen through a window; the source stays as it is. */
export function applyWindow(source: Uint8ClampedArray, target: Uint8ClampedArray, window: GreyWindow): void {
  const table = makeGreyTable(window);
  for (let place = 0; place < source.length; place += 4) {
    target[place] = table[source[place] ?? 0] ?? 0;
    target[place + 1] = table[source[place + 1] ?? 0] ?? 0;
    target[place + 2] = table[source[place + 2] ?? 0] ?? 0;
    target[place + 3] = source[place + 3] ?? 255;
  }
}

/** As a drag changes it: to the right widens, up brightens, a grey for each pixel; within what a picture can have. */
export function dragWindow({ center, width }: GreyWindow, right: number, down: number): GreyWindow {
  return { center: clamp(center + down, 0, 255), width: clamp(width + right, narrowest, 255) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
