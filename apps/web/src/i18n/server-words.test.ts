import { type ErrorCode, errorCatalogue, errorCodes, type SentenceName, sentenceTemplates } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { words } from './server-words.zh.js';

/** Words of the catalogue that stay as they are: commands, addresses, fields. */
const code = /`[^`]+`|\b(GET|POST) [/…]\S+/g;
const listCode = (text: string) =>
  [...text.matchAll(code)].map(([found]) => found.replace(/[.,;:，；：。]$/, '')).sort();
const listPlaceholders = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(([found]) => found).sort();
const chinese = /\p{Script=Han}/u;

describe('the server’s words in Chinese', () => {
  it('are there for every code, and no others', () => {
    expect(Object.keys(words.errors).sort()).toEqual([...errorCodes].sort());
    expect(Object.keys(words.sentences).sort()).toEqual(Object.keys(sentenceTemplates).sort());
  });

  it.each(errorCodes)('say %s in other words than the English ones, with the same commands', (errorCode: ErrorCode) => {
    const english = errorCatalogue[errorCode];
    for (const part of ['title', 'next'] as const) {
      const text = words.errors[errorCode][part];
      expect(text).not.toBe(english[part]);
      expect(text).toMatch(chinese);
      expect(listCode(text)).toEqual(listCode(english[part]));
    }
  });

  it.each(Object.keys(sentenceTemplates) as SentenceName[])('say %s with the same values', (name) => {
    expect(words.sentences[name]).toMatch(chinese);
    expect(listPlaceholders(words.sentences[name])).toEqual(listPlaceholders(sentenceTemplates[name]));
  });
});
