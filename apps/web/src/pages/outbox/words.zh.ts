import type { Translated } from '../../i18n/namespaces.js';
import type { words as english } from './words.en.js';

export const words: Translated<typeof english> = {
  title: '发件箱',
  intro: '此服务器没有邮件服务器，因此邮件保存在这里。任何人打开邮件中的链接都能登录。',
  none: '还没有邮件。',
  noneNote: '新邮件会自动出现在这里。',
  noOutbox: '此服务器通过邮件服务器发送邮件，这里没有待发邮件。',
  notYours: '只有站点管理员可以查看发件箱。请以管理员身份登录。',
  toAt: '收件人 {{to}}，{{time}}',
};
