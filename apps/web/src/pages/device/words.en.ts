export const words = {
  title: 'Let a command in',
  code: 'Code',
  codeNote: 'The one that your terminal shows.',
  goOn: 'Continue',
  otherCode: 'Type another code',
  answered: 'This code was answered already, or by somebody else. Start “holdout login” again for another one.',

  question: 'Let “{{client}}” in?',
  questionOfOther: 'Let a program in that is not our command?',
  sameCode: 'Your terminal must show the code {{code}}.',
  may_read: 'It may see what {{email}} sees, for 90 days or until you revoke its token.',
  may_submit: 'It may submit for the teams of {{email}}, for 90 days or until you revoke its token.',
  may_organise: 'It may do all that {{email}} may, for 90 days or until you revoke its token.',
  warning: 'Did somebody send you this link or this code? Then refuse: they would get in as you.',
  approve: 'Let it in',
  deny: 'Refuse',

  approved: 'The command is in',
  approvedNote: 'Go back to your terminal. You can close this page.',
  denied: 'The command stays out',
  deniedNote: 'It has been told so.',
  toTokens: 'To your tokens',
} as const;
