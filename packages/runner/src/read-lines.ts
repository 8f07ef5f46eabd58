import type { Readable } from 'node:stream';

/**
 * Reads text line by line. A progress bar's carriage return ends a line too. Of a line that is too long, its beginning is
 * given and the rest passed over, so that nobody fills our memory.
 *
 * @param longest - characters of a line
 */
export function readLines(stream: Readable, longest: number, onLine: (line: string) => void): void {
  let rest = '';
  let isCut = false;
  const end = (line: string) => {
    if (!isCut) onLine(line.length > longest ? `${line.slice(0, longest)} …` : line);
    isCut = false;
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) end(line);
    if (rest.length <= longest) return;
    if (!isCut) onLine(`${rest.slice(0, longest)} …`);
    isCut = true;
    rest = '';
  });
  stream.on('end', () => rest !== '' && end(rest));
  // What breaks the pipe ends the process as well, and that is told by its end.
  stream.on('error', () => {});
}

/**
 * Reads what a program prints, until it is more than it may print, and says once when it is.
 *
 * @param sizeBytes - of everything, also of what is cut from long lines; a short line counts as `leastLineBytes`
 */
export function readLog(
  stream: Readable,
  sizeBytes: number,
  onLine: (line: string) => void,
  onExceeded: () => void,
): void {
  const heard = { bytes: 0, lineBytes: 0, isTooMuch: false };
  const check = () => {
    if (heard.isTooMuch || Math.max(heard.bytes, heard.lineBytes) <= sizeBytes) return;
    heard.isTooMuch = true;
    onExceeded();
  };
  readLines(stream, longestLogLine, (line) => {
    heard.lineBytes += Math.max(leastLineBytes, Buffer.byteLength(line) + 1);
    if (heard.lineBytes <= sizeBytes) onLine(line);
    check();
  });
  stream.on('data', (chunk: string) => {
    heard.bytes += Buffer.byteLength(chunk);
    check();
  });
}

const longestLogLine = 2000;
/** Each line is kept and shown by itself, which costs something however short it is. */
const leastLineBytes = 32;
