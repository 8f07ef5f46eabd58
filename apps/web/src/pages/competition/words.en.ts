export const words = {
  title: 'Competition',
} as const;
