import type { Translated } from '../i18n/namespaces.js';
import type { words as english } from './words.en.js';

export const words: Translated<typeof english> = {
  showPassword: '显示密码',
  passwordLength_other: '至少 {{count}} 个字符；最好是只有您会组合的几个词。',
  code: '验证码',
  sixDigits: '六位数字',
  outboxHint: '此服务器没有邮件服务器：邮件保存在<outbox>发件箱</outbox>中，由管理员查看。',
  cancel: '取消',
  close: '关闭',

  refused: '服务器拒绝了此操作：{{message}}',
  refused_INVALID_EMAIL_OR_PASSWORD: '邮箱或密码错误。',
  refused_INVALID_EMAIL: '这不是有效的电子邮箱。',
  refused_INVALID_PASSWORD: '密码错误。',
  refused_PASSWORD_TOO_SHORT: '密码太短。',
  refused_PASSWORD_TOO_LONG: '密码太长。',
  refused_INVALID_TOKEN: '此链接已失效，请重新获取。',
  refused_INVALID_CODE: '验证码错误或已过期。请输入当前显示的验证码；设备的时钟是否准确？',
  refused_INVALID_BACKUP_CODE: '这不是您的备用码，或已被使用。',
  refused_INVALID_TWO_FACTOR_COOKIE: '等待时间过长。请重新输入密码。',
  refused_TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: '错误次数过多。请重新输入密码。',
  refused_ACCOUNT_TEMPORARILY_LOCKED: '错误次数过多。请在一刻钟后重试。',
  refused_SESSION_NOT_FRESH: '此操作需要您在最近一天内登录过。请退出后重新登录。',
  refused_UNAUTHORIZED: '您已退出。请登录后重试。',
  refused_invalid_request: '没有命令在等待此代码。是否输入有误？',
  refused_expired_token: '此代码已过期。请重新运行 `holdout login` 获取新的代码。',
  refused_device_code_already_processed: '此代码已被处理。',
  refused_access_denied: '此代码正由另一人处理。请重新运行 `holdout login` 获取新的代码。',
};
