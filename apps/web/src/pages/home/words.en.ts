export const words = {
  title: 'Competitions',
  none: 'There is no competition on this server yet.',
  noneNext: 'It will appear here by itself.',
  about: 'Rules and data',
  starterKit: 'Starter kit',
  phases_one: '{{count}} phase',
  phases_other: '{{count}} phases',
} as const;
