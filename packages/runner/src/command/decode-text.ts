import { isUtf8 } from 'node:buffer';

interface TextFault {
  readonly line: number;
  readonly found: string;
  readonly expected: string;
}

const [lineFeed, carriageReturn, space, tab] = [0x0a, 0x0d, 0x20, 0x09];

/**
 * A file's text without a byte-order mark and without blank lines at its end; or the first line that can't be read as
 * one.
 *
 * @param longestLineBytes - more than this is no line of a table
 */
export function decodeText(
  bytes: Uint8Array,
  longestLineBytes: number,
): { text: string; fault?: never } | { text?: never; fault: TextFault } {
  const fault = findFault(bytes, longestLineBytes);
  return fault ? { fault } : { text: new TextDecoder('utf-8').decode(bytes.subarray(0, findEnd(bytes))) };
}

/** One look at each byte: millions of lines would take long by any call for each. */
function findFault(bytes: Uint8Array, longestLineBytes: number): TextFault | null {
  const isText = isUtf8(bytes);
  for (let [at, start, line] = [0, 0, 1]; at <= bytes.length; at++) {
    const byte = bytes[at];
    if (byte === carriageReturn && bytes[at + 1] !== lineFeed) {
      return { line, found: 'a carriage return alone', expected: 'lines that end with LF or CRLF' };
    }
    if (byte !== lineFeed && byte !== undefined) continue;
    if (at - start > longestLineBytes) {
      return { line, found: `a line of ${at - start} bytes`, expected: `at most ${longestLineBytes}` };
    }
    // No byte of a longer character is a line feed, so that each line may be asked alone.
    if (!isText && at > start && !isUtf8(bytes.subarray(start, at))) {
      const expected = 'text in UTF-8 (in a spreadsheet: save as “CSV UTF-8”)';
      return { line, found: 'bytes that are not UTF-8', expected };
    }
    start = at + 1;
    line++;
  }
  return null;
}

/** Where the last line ends that is not blank. */
function findEnd(bytes: Uint8Array): number {
  const blank = [lineFeed, carriageReturn, space, tab];
  let end = bytes.length;
  while (end > 0 && blank.includes(bytes[end - 1] ?? 0)) end--;
  return end;
}
