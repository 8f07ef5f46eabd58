import { HoldoutError, type StudyPrediction } from '@holdout/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPredictionsCsv } from './read-predictions-csv.js';

const studies = [1, 2, 3, 4].map((number) => `MURA-v1.1/test/XR_WRIST/patient1118${number}/study1`);
const [one, two, three] = studies;

function read(text: string | Uint8Array, { threshold = 0.5, of = studies as readonly string[] } = {}) {
  return readPredictionsCsv(Buffer.from(text as string), of, { threshold });
}

/** The refusal of a file. Anything else than a refusal, also success, is an error of the test. */
function refuse(text: string | Uint8Array, of: readonly string[] = studies): HoldoutError {
  try {
    read(text, { of });
  } catch (error) {
    if (error instanceof HoldoutError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}

function predict(values: readonly (readonly [string | undefined, 0 | 1, number | null])[]): StudyPrediction[] {
  return values.map(([study = '', label, probability]) => ({ study, label, probability, imageProbabilities: [] }));
}

const labels = predict([
  [one, 1, null],
  [two, 0, null],
]);

describe('what a program may write', () => {
  it.each<[string, string]>([
    ['MURA’s contract', `${one}/,1\n${two}/,0\n`],
    ['no slash', `${one},1\n${two},0\n`],
    ['no last line break', `${one}/,1\n${two}/,0`],
    ['another order', `${two}/,0\n${one}/,1\n`],
    ['decimals', `${one}/,1.0\n${two}/,0.000\n`],
    ['other spellings of 0 and 1', `${one}/,+1e0\n${two}/,00.\n`],
    ['CRLF', `${one}/,1\r\n${two}/,0\r\n`],
    ['both line breaks', `${one}/,1\n${two}/,0\r\n`],
    ['a byte-order mark', `\ufeff${one}/,1\n${two}/,0\n`],
    ['blank last lines', `${one}/,1\n${two}/,0\n\n \r\n\n`],
    ['./ before it', `./${one}/,1\n././${two}/,0\n`],
    ['quotes', `"${one}/","1"\n"${two}/",0\n`],
    ['blanks around', ` ${one}/ , 1\n\t${two}/,0 \n`],
    ['a header', `study,label\n${one}/,1\n${two}/,0\n`],
    ['another header', `\ufeffPath,Prediction\r\n${one}/,1\r\n${two}/,0\r\n`],
    ['and another', `"image","Label"\n${one}/,1\n${two}/,0\n`],
  ])('labels: %s', (_what, text) => {
    expect(read(text)).toEqual({ predictions: labels, missing: studies.slice(2) });
  });

  it('probabilities, which are abnormal above the threshold', () => {
    const text = `${one},0.5\n${two},.50001\n${three},1e-3\n`;
    const probabilities = [0.5, 0.50001, 0.001];
    const calling = (...called: (0 | 1)[]) =>
      predict(called.map((label, place) => [studies[place], label, probabilities[place] ?? null]));
    expect(read(text).predictions).toEqual(calling(0, 1, 0));
    expect(read(text, { threshold: 0 }).predictions).toEqual(calling(1, 1, 1));
    expect(read(text, { threshold: 0.6 }).predictions).toEqual(calling(0, 0, 0));
  });

  it('probabilities that are all 0 or 1, where the header says so', () => {
    const text = `study,probability\n${one},1\n${two},0\n`;
    const expected = predict([
      [one, 1, 1],
      [two, 0, 0],
    ]);
    expect(read(text).predictions).toEqual(expected);
    expect(read(text, { threshold: 1 }).predictions[0]?.label).toBe(0);
  });

  it('labels, whatever the threshold', () => {
    expect(read(`${one},1\n${two},0\n`, { threshold: 1 }).predictions).toEqual(labels);
  });

  it('studies as the caller spells them', () => {
    const of = [`${one}/`, `./${two}`];
    expect(read(`${one},1\n`, { of })).toEqual({ predictions: predict([[of[0], 1, null]]), missing: [of[1]] });
  });
});

const number = 'a number from 0 to 1';
const oneValue = 'one value: study,label or study,probability';

describe('what is refused, with its line and what was expected', () => {
  it.each<[string, string, string, number, string]>([
    ['nothing', '', 'predictions_invalid', 0, 'a study on each line'],
    ['blank lines only', '\n\n', 'predictions_invalid', 0, 'a study on each line'],
    ['only a header', 'study,label\n', 'predictions_invalid', 0, 'a study on each line'],
    ['no value', `${one}/,1\n${two}/\n`, 'predictions_invalid', 2, oneValue],
    ['an empty value', `${one}/,1\n${two}/,\n`, 'predictions_invalid', 2, number],
    ['an extra column', `${one}/,1\n${two}/,0,1\n`, 'predictions_invalid', 2, oneValue],
    ['an extra, empty column', `${one}/,1\n${two}/,0,\n`, 'predictions_invalid', 2, oneValue],
    ['another delimiter', `${one}/;1\n`, 'predictions_invalid', 1, oneValue],
    ...['nan', 'NaN', 'inf', '-1', '-0.1', '1.0001', '2', '0x1', '1_0', '1e', 'true', '0,5 ', '٠', '1 0'].map(
      (value): [string, string, string, number, string] => [
        value,
        `${one}/,1\n${two}/,"${value}"\n`,
        'predictions_invalid',
        2,
        number,
      ],
    ),
    ['a blank line between', `${one}/,1\n\n${two}/,0\n`, 'predictions_invalid', 2, 'a study on each line'],
    ['a blank first line', `\r\n${one}/,1\r\n`, 'predictions_invalid', 1, 'a study on each line'],
    ['a lone carriage return', `${one}/,1\n${two}/,0\r`, 'predictions_invalid', 2, 'lines that end with LF or CRLF'],
    ['an old Mac’s lines', `${one}/,1\r${two}/,0\r`, 'predictions_invalid', 1, 'lines that end with LF or CRLF'],
    ['a header with more', `study,label,x\n${one}/,1\n`, 'predictions_invalid', 1, 'study,label or study,probability'],
    ['a header that is none', `study,kappa\n${one}/,1\n`, 'predictions_invalid', 1, 'study,label or study,probability'],
    ['a header of its own', `patient,label\n`, 'predictions_invalid', 1, number],
    ['an open quote', `${one}/,1\n"${two}/,0\n${three},1\n`, 'predictions_invalid', 2, 'quotes that are closed'],
    ['a quote within', `${one}/,1\n${two}"/,0\n`, 'predictions_invalid', 2, 'quotes that are closed'],
    ['a study twice', `${one}/,1\n${two},0\n${one},1\n`, 'predictions_duplicate', 3, 'stands on line 1 already'],
    ['… with a header', `study,label\n${one}/,1\n${one},0\n`, 'predictions_duplicate', 3, 'on line 2 already'],
    ['an unknown study', `${one}/,1\nMURA-v1.1/x,0\n`, 'predictions_unknown', 2, 'a study of the list of images'],
    ['no study', `${one}/,1\n,0\n`, 'predictions_unknown', 2, 'a study of the list of images'],
    ['an image', `${one}/image1.png,1\n`, 'predictions_unknown', 1, `its study, "${one}": one line a study`],
    ['a suffix', `${one}_positive/,1\n`, 'predictions_unknown', 1, `as in the list of images, "${one}"`],
  ])('%s', (_what, text, code, line, expected) => {
    const { problems, ...error } = refuse(text);
    expect(error.code).toBe(code);
    const problem = problems.find((each) => each.code === code);
    expect(problem).toMatchObject({ file: 'predictions.csv', ...(line === 0 ? {} : { line }) });
    expect(problem?.line).toBe(line === 0 ? undefined : line);
    expect(problem?.expected).toContain(expected);
    expect(error.detail).toContain(problem?.message);
  });

  it.each<[string, Uint8Array, number]>([
    ['Latin-1', Buffer.from(`${one}/,1\n${two}é/,0\n`, 'latin1'), 2],
    ['UTF-16', Buffer.from(`\ufeff${one}/,1\n`, 'utf16le'), 1],
    ['half a character at the end', Buffer.concat([Buffer.from(`${one}/,1\n${two}`), Buffer.from([0xe2, 0x82])]), 2],
  ])('%s', (_what, bytes, line) => {
    const error = refuse(bytes);
    expect(error.code).toBe('predictions_invalid');
    expect(error.problems).toEqual([expect.objectContaining({ line, found: 'bytes that are not UTF-8' })]);
  });

  it('a line that is longer than any path', () => {
    const error = refuse(`${one},1\n${'a'.repeat(20_000)},0\n`);
    expect(error.problems).toEqual([expect.objectContaining({ line: 2, found: 'a line of 20002 bytes' })]);
  });

  it('all at once, by line, with what is wrong with a line twice', () => {
    const error = refuse(`${one},1\n${one},1\n${two},7\nx,\n\n${three},0.1\n`);
    const told = error.problems.map(({ code, line }) => `${code} ${line}`);
    expect(told).toEqual([
      'predictions_duplicate 2',
      'predictions_invalid 3',
      'predictions_invalid 4',
      'predictions_unknown 4',
      'predictions_invalid 5',
    ]);
    expect(error.code).toBe('predictions_duplicate');
    expect(error.detail).toBe(`There are 5 problems. ${error.problems[0]?.message}`);
  });

  it('at most 50, and that there are more lines than studies', () => {
    const error = refuse(`${one},1\n`.repeat(10_000));
    expect(error.code).toBe('predictions_duplicate');
    expect(error.problems).toHaveLength(50);
    expect(error.problems.at(-1)).toMatchObject({ found: 'still more lines', expected: 'one for each of 4 studies' });
    expect(error.detail).toContain('more than 50 problems');
  });
});

const sixteenMebibytes = 2 ** 24;

function fill(line: string): Uint8Array {
  return Buffer.alloc(sixteenMebibytes, line);
}

describe('16 MiB of anything', () => {
  it.each<[string, Uint8Array]>([
    ['one line', fill('a')],
    ['quotes', fill('"')],
    ['lines of a quote', fill('"\n')],
    ['commas', fill(',')],
    ['lines of commas', fill(`${','.repeat(16_000)}\n`)],
    ['blank lines', fill('\r\n')],
    ['blank lines and a byte that is none of UTF-8', Buffer.concat([fill('\n'), Buffer.from([0xff])])],
    ['lines', fill('a,1\n')],
    ['lines of differing lengths', fill('a,1\na\n')],
    ['digits that are no number', fill(`a,${'1'.repeat(16_000)}x\n`)],
    ['slashes', fill(`${'/'.repeat(16_000)}x,1\n`)],
    ['blanks', fill(`${' '.repeat(16_000)}x,1\n`)],
    ['open quotes', fill('"\n",')],
    ['NUL', fill('\0')],
  ])('%s', { timeout: 20_000 }, (_what, bytes) => {
    const { code, problems } = refuse(bytes);
    expect(code).toMatch(/^predictions_/);
    // What is told stays short, whatever was found.
    expect(JSON.stringify(problems).length).toBeLessThan(64 * 1024);
  });
});

/** One file of predictions and what it says, in any spelling that is allowed. */
const spelledFile = fc
  .record({
    values: fc.oneof(
      fc.array(fc.constantFrom<number[]>(0, 1), { minLength: 1, maxLength: studies.length }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), { minLength: 1, maxLength: studies.length }),
    ),
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    header: fc.constantFrom('', 'study,label', 'STUDY,Probability', 'path,"prediction"', 'image,value'),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    end: fc.constantFrom('', '\n', '\r\n', '\n\n\n', '\r\n \r\n'),
    spelling: fc.infiniteStream(
      fc.record({
        before: fc.constantFrom('', './', '././'),
        after: fc.constantFrom('', '/', '//'),
        quote: fc.constantFrom('', '"'),
        spell: fc.constantFrom(
          String,
          (value: number) => value.toExponential(),
          (value: number) => `+${value}`,
        ),
      }),
    ),
  })
  .map(({ values, order, header, lineBreak, mark, end, spelling }) => {
    const places = order.filter((place) => place < values.length);
    const lines = places.map((place) => {
      const { before, after, quote, spell } = spelling.next().value;
      return `${quote}${before}${studies[place]}${after}${quote},${quote}${spell(values[place] ?? 0)}${quote}`;
    });
    const areLabels = !/probability/i.test(header) && values.every((value) => value === 0 || value === 1);
    const predictions = predict(
      values.map((value, place) => [studies[place], value > 0.5 ? 1 : 0, areLabels ? null : value]),
    );
    const text = mark + (header === '' ? lines : [header, ...lines]).join(lineBreak) + end;
    return { text, predictions };
  });

describe('any file', () => {
  it('says the same in every spelling', () => {
    fc.assert(
      fc.property(spelledFile, ({ text, predictions }) => {
        expect(read(text)).toEqual({ predictions, missing: studies.slice(predictions.length) });
      }),
      { numRuns: 1000 },
    );
  });

  it('is read or refused, whatever happened to its bytes', () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('",\n\r\0 /.019eE+-\ufeff')), fc.nat(255));
    const change = fc.record({ at: fc.nat(), remove: fc.nat(40), insert: fc.array(byte, { maxLength: 8 }) });
    fc.assert(
      fc.property(spelledFile, fc.array(change, { minLength: 1, maxLength: 6 }), ({ text }, changes) => {
        let bytes = Buffer.from(text);
        for (const { at, remove, insert } of changes) {
          const start = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, start), Buffer.from(insert), bytes.subarray(start + remove)]);
        }
        expectReadOrRefused(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('any bytes', () => {
  it('are read or refused', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    );
    fc.assert(fc.property(bytes, expectReadOrRefused), { numRuns: 2000 });
  });
});

function expectReadOrRefused(bytes: Uint8Array): void {
  try {
    const { predictions, missing } = read(bytes);
    expect([...predictions.map(({ study }) => study), ...missing].sort()).toEqual(studies);
    for (const { label, probability } of predictions) {
      expect([0, 1]).toContain(label);
      if (probability !== null) expect(probability >= 0 && probability <= 1).toBe(true);
    }
  } catch (error) {
    if (!(error instanceof HoldoutError)) throw error;
    expect(error.code).toMatch(/^predictions_(invalid|duplicate|unknown)$/);
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.problems.length).toBeLessThanOrEqual(50);
  }
}
