import type { Translated } from '../i18n/namespaces.js';
import type { words as english } from './words.en.js';

export const words: Translated<typeof english> = {
  title: '参加{{title}}',
  signInFirst: '参赛需要账户。',
  signUp: '注册',
  signIn: '登录',
  youOrganise: '您是此竞赛的组织者，因此不能参赛。',
  rules: '规则',
  noRules: '我要参赛。此竞赛没有书面规则。',
  haveRead: '我已阅读规则（第 {{version}} 版），并代表团队接受。',
  rulesChanged: '“{{team}}”接受第 {{from}} 版规则之后，规则已更改。',
  ownerAccepts: '规则已更改。需要由您的团队“{{team}}”的所有者接受。',
  byTeam: '以哪个团队参赛',
  newTeam: '新团队',
  teamName: '团队名称',
  teamNameNote: '在排行榜上公开显示。团队可以只有一人。',
  oneTeam: '每人只能以一个团队参赛，团队的所有成员一同参赛。',
  join: '参赛',
  accept: '接受规则',
  takesPart: '您以团队“{{team}}”参赛。',
  toSubmit: '提交模型包，并查看各次提交的进展',
  toTeam: '我的团队：邀请他人、查看配额',
  toTokens: '为命令创建令牌',
  toHow: '如何提交',
};
