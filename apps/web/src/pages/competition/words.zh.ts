import type { Translated } from '../../i18n/namespaces.js';
import type { words as english } from './words.en.js';

export const words: Translated<typeof english> = { title: '竞赛' };
