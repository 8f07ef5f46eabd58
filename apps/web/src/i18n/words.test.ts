import { describe, expect, it } from 'vitest';
import { type Namespace, namespaces } from './namespaces.js';

/** What the words of each language have, with the forms of a plural as one. */
async function load(namespace: Namespace, language: 'en' | 'zh') {
  const { words } = await namespaces[namespace][language]();
  const byKey = new Map<string, string[]>();
  for (const [key, text] of Object.entries<string>(words)) {
    const base = key.replace(/_(zero|one|two|few|many|other)$/, '');
    byKey.set(base, [...(byKey.get(base) ?? []), text]);
  }
  return byKey;
}

function listPlaceholders(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([\w-]+)\s*\}\}/g)].map(([, name]) => name ?? ''));
  return [...new Set(found)].sort();
}

describe.each(Object.keys(namespaces) as Namespace[])('the words of %s', (namespace) => {
  it('are the same keys in English and Chinese', async () => {
    const [english, chinese] = [await load(namespace, 'en'), await load(namespace, 'zh')];
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    expect(english.size).toBeGreaterThan(0);
  });

  it('fill in the same things in both', async () => {
    const [english, chinese] = [await load(namespace, 'en'), await load(namespace, 'zh')];
    for (const [key, texts] of english) {
      expect(listPlaceholders(chinese.get(key) ?? []), key).toEqual(listPlaceholders(texts));
    }
  });

  it('are not empty', async () => {
    for (const language of ['en', 'zh'] as const) {
      for (const [key, texts] of await load(namespace, language)) {
        for (const text of texts) expect(text.trim(), key).not.toBe('');
      }
    }
  });
});
