export const words = {
  title: 'Leaderboard',
} as const;
