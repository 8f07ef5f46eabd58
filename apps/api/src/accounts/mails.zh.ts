import type { AccountMails } from './account-mails.js';

export const chinese: AccountMails = {
  verification: ({ name, email }, link) => ({
    to: email,
    subject: '请验证您在 Holdout 的邮箱地址',
    text: `${name}，您好：

有人（很可能是您）在这里用邮箱 ${email} 注册了账户。请在一小时内打开此链接，之后账户即可使用：

${link}

如果不是您，无需做任何事：没有打开此链接，该账户就无法使用。
`,
  }),

  emailChange: ({ name, email }, newEmail, link) => ({
    to: email,
    subject: '要更换您 Holdout 账户的邮箱地址吗？',
    text: `${name}，您好：

有人（很可能是您）想把您账户的邮箱从 ${email} 改为 ${newEmail}。如果是您，请在一小时内打开此链接；随后会有一封邮件发往新地址：

${link}

如果不是您，什么也不要打开，并请更改密码：有人正以您的身份登录。
`,
  }),

  newAddress: ({ name, email }, link) => ({
    to: email,
    subject: '请验证您在 Holdout 的新邮箱地址',
    text: `${name}，您好：

有人（很可能是您）希望今后用邮箱 ${email} 登录 Holdout。请在一小时内打开此链接，更改即生效：

${link}

如果不是您，无需做任何事。
`,
  }),

  reset: ({ name, email }, link) => ({
    to: email,
    subject: '设置新的 Holdout 密码',
    text: `${name}，您好：

有人（很可能是您）为 ${email} 申请了新密码。请在一小时内在此设置：

${link}

如果不是您，无需做任何事：您的密码保持不变。
`,
  }),

  knownAddress: ({ name, email }, publicUrl) => ({
    to: email,
    subject: '您在 Holdout 已有账户',
    text: `${name}，您好：

有人（很可能是您）想用邮箱 ${email} 注册账户。该邮箱已有账户，因此没有新建。请登录；如果忘记了密码，可以申请新密码：

${publicUrl}/sign-in

如果不是您，无需做任何事。
`,
  }),

  invitation: ({ email, team, invitedBy, link }) => ({
    to: email,
    subject: `${invitedBy} 邀请您加入 Holdout 上的团队 ${team}`,
    text: `您好：

${invitedBy} 邀请 ${email} 加入团队“${team}”。请在两周内在此接受或拒绝；如果您还没有账户，请先注册：

${link}

如果您不认识 ${invitedBy}，无需做任何事。
`,
  }),

  mergeOffer: ({ email, from, into, link }) => ({
    to: email,
    subject: `团队 ${from} 希望并入 Holdout 上的团队 ${into}`,
    text: `您好：

团队“${from}”希望并入您的团队“${into}”。其成员和提交将归您的团队所有，它已用的提交次数也会计入您的团队。请在此接受或拒绝：

${link}
`,
  }),
};
