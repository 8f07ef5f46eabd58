import type { Translated } from '../../i18n/namespaces.js';
import type { words as english } from './words.en.js';

export const words: Translated<typeof english> = {
  title: '允许命令登录',
  code: '代码',
  codeNote: '终端上显示的代码。',
  goOn: '继续',
  otherCode: '输入其他代码',
  answered: '此代码已被处理，或由他人处理。请重新运行 “holdout login” 获取新的代码。',

  question: '允许“{{client}}”登录？',
  questionOfOther: '允许一个并非本站命令的程序登录？',
  sameCode: '您的终端应显示代码 {{code}}。',
  may_read: '它可以查看 {{email}} 能看到的内容，有效期 90 天，或直到您吊销其令牌。',
  may_submit: '它可以代表 {{email}} 的团队提交，有效期 90 天，或直到您吊销其令牌。',
  may_organise: '它拥有 {{email}} 的全部权限，有效期 90 天，或直到您吊销其令牌。',
  warning: '是有人把此链接或代码发给您的吗？请拒绝：否则对方将以您的身份登录。',
  approve: '允许',
  deny: '拒绝',

  approved: '命令已登录',
  approvedNote: '请返回终端。您可以关闭此页面。',
  denied: '命令未获允许',
  deniedNote: '它已得知。',
  toTokens: '前往我的令牌',
};
