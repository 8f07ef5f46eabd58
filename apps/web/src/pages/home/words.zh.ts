import type { Translated } from '../../i18n/namespaces.js';
import type { words as english } from './words.en.js';

export const words: Translated<typeof english> = {
  title: '竞赛列表',
  none: '此服务器上还没有竞赛。',
  noneNext: '有竞赛时会自动出现在这里。',
  about: '规则与数据',
  starterKit: '入门套件',
  phases_other: '{{count}} 个阶段',
};
