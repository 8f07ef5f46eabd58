export const words = {
  title: 'Outbox',
  intro: 'This server has no mail server, so its mails wait here. A link in a mail lets in whoever opens it.',
  none: 'There is no mail yet.',
  noneNote: 'The next one appears here by itself.',
  noOutbox: 'This server sends its mails by a mail server: nothing waits here.',
  notYours: 'Only site administrators can read the outbox. Sign in as one.',
  toAt: 'To {{to}}, {{time}}',
} as const;
