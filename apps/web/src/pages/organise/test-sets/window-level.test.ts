import { expect, it } from 'vitest';
import { applyWindow, dragWindow, makeGreyTable, wholeWindow } from './window-level.js';

it('changes nothing where the window is the whole range', () => {
  expect([...makeGreyTable(wholeWindow)]).toEqual(Array.from({ length: 256 }, (_, grey) => grey));
});

it('spreads the greys of the window, and is black below and white above', () => {
  const table = makeGreyTable({ center: 100, width: 50 });
  expect([table[0], table[75], table[100], table[125], table[255]]).toEqual([0, 0, 128, 255, 255]);
  expect([...makeGreyTable({ center: 100, width: 0 })].filter((grey) => grey > 0 && grey < 255)).toEqual([]);
});

it('leaves opacity, and the source, as they are', () => {
  const source = Uint8ClampedArray.of(50, 100, 150, 77);
  const target = new Uint8ClampedArray(4);
  applyWindow(source, target, { center: 100, width: 100 });
  expect([...target]).toEqual([0, 128, 255, 77]);
  expect([...source]).toEqual([50, 100, 150, 77]);
});

it('stays within what a picture can have while it is dragged', () => {
  expect(dragWindow(wholeWindow, -1000, -1000)).toEqual({ center: 0, width: 1 });
  expect(dragWindow({ center: 100, width: 100 }, 10, 5)).toEqual({ center: 105, width: 110 });
});
