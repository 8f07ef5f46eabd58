import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e6f5f4',
  '#cfe8e6',
  '#a0d1cd',
  '#6fbab4',
  '#48a69f',
  '#2f9a92',
  '#1c8179',
  '#0b6e69',
  '#055d58',
  '#024a46',
];

/** One colour of our own, the system's letters, corners as on paper. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Where Mantine's own choice is too pale to be read, by WCAG's 4.5 : 1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#556260',
    '--mantine-color-placeholder': '#5f6b69',
    '--mantine-color-anchor': '#0b6e69',
    '--mantine-color-error': '#b42318',
    // The title of a warning, on its own pale ground.
    '--mantine-color-orange-light-color': '#9a3412',
    '--mantine-color-body': '#f6f8f7',
    '--holdout-card': '#ffffff',
    '--holdout-line': '#dbe2e0',
    '--holdout-soft': '#eef4f3',
    '--holdout-reader': '#b45309',
  },
  dark: {
    '--mantine-color-dimmed': '#a3b3b0',
    '--mantine-color-placeholder': '#a3b3b0',
    '--mantine-color-anchor': '#6fbab4',
    '--mantine-color-error': '#ff9a8f',
    '--mantine-color-body': '#111716',
    '--holdout-card': '#192221',
    '--holdout-line': '#2f3b39',
    '--holdout-soft': '#202c2a',
    '--holdout-reader': '#f0a94b',
  },
});
