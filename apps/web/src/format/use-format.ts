import { showSize } from '@holdout/contracts/size';
import { useMemo } from 'react';
import { useLanguage } from '../i18n/language.js';
import type { Language } from '../i18n/namespaces.js';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };

/** A part of a line; nothing where there is none. */
type Part = string | false | null | undefined;

/** How numbers, sizes and times are written in one language; times are in the reader's own zone. */
export interface Format {
  readonly locale: string;
  /** `1 Mar 2026` */
  date(time: string | number | Date): string;
  /** For a column of dates, as narrow as the language can be read in: `1 Mar 2026`, `2026/3/1`. */
  shortDate(time: string | number | Date): string;
  /** `1 Mar 2026, 09:30` */
  dateTime(time: string | number | Date): string;
  /** `5 minutes ago`, `in 3 days` */
  relative(time: string | number | Date, now?: number): string;
  /** `30 min`, `2 hr` */
  duration(seconds: number): string;
  /** `512 MiB`, in every language */
  size(bytes: number): string;
  number(value: number): string;
  /** `42%`, of a share of 1. */
  percent(share: number): string;
  /** `a, b and c` */
  list(items: readonly string[]): string;
  /** `a, b, c`, of those that are there. */
  commas(parts: readonly Part[]): string;
  /** One after another, as a text has them; of those that are there. */
  sentences(parts: readonly Part[]): string;
}

export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => createFormat(language), [language]);
}

export function createFormat(language: Language): Format {
  const locale = locales[language];
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  // English of digits alone would leave open which are the month.
  const shortDate = new Intl.DateTimeFormat(locale, { dateStyle: language === 'zh' ? 'short' : 'medium' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumSignificantDigits: 3 }).format(value);
  return {
    locale,
    date: (time) => date.format(new Date(time)),
    shortDate: (time) => shortDate.format(new Date(time)),
    dateTime: (time) => dateTime.format(new Date(time)),
    relative: (time, now = Date.now()) => relative.format(...chooseRelative((new Date(time).getTime() - now) / 1000)),
    duration: (seconds) => unit(...chooseDuration(seconds)),
    size: showSize,
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    list: (items) => list.format(items),
    commas: (parts) => parts.filter(Boolean).join(language === 'zh' ? '，' : ', '),
    sentences: (parts) => parts.filter(Boolean).join(language === 'zh' ? '' : ' '),
  };
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

function chooseRelative(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(seconds);
  if (size < minute) return [Math.round(seconds), 'second'];
  if (size < hour) return [Math.round(seconds / minute), 'minute'];
  return size < day ? [Math.round(seconds / hour), 'hour'] : [Math.round(seconds / day), 'day'];
}

function chooseDuration(seconds: number): [number, string] {
  if (seconds < 2 * minute) return [seconds, 'second'];
  if (seconds < 2 * hour) return [seconds / minute, 'minute'];
  return seconds < 2 * day ? [seconds / hour, 'hour'] : [seconds / day, 'day'];
}
