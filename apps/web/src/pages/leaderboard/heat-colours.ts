/** A step of the strip: its background, and the ink that can be read on it. */
export interface HeatColour {
  readonly background: string;
  readonly ink: string;
}

const black = '#000000';
const white = '#ffffff';

/** From these kappas on, the next colour. */
const steps = [0.2, 0.4, 0.5, 0.6, 0.7, 0.8];

/**
 * Light to dark in one direction, so that it can be read without telling hues apart: ColorBrewer's YlGnBu with seven
 * classes, which is safe for the colour-blind. On a dark page the order of lightness is turned round, so that much stays
 * far from the page.
 */
export const heatColours: Readonly<Record<'light' | 'dark', readonly HeatColour[]>> = {
  light: [
    { background: '#ffffcc', ink: black },
    { background: '#c7e9b4', ink: black },
    { background: '#7fcdbb', ink: black },
    { background: '#41b6c4', ink: black },
    { background: '#1d91c0', ink: black },
    { background: '#225ea8', ink: white },
    { background: '#0c2c84', ink: white },
  ],
  dark: [
    { background: '#22313f', ink: white },
    { background: '#1f4663', ink: white },
    { background: '#1d5d7d', ink: white },
    { background: '#22738e', ink: white },
    { background: '#45a3b0', ink: black },
    { background: '#83cfbb', ink: black },
    { background: '#cdeeb9', ink: black },
  ],
};

/** Which colour a kappa has, from 0. */
export function heatStep(kappa: number): number {
  return steps.filter((step) => kappa >= step).length;
}

/** In the page's scheme, as CSS. */
export function heatStyle(kappa: number): { backgroundColor: string; color: string } {
  const step = heatStep(kappa);
  const [light, dark] = [heatColours.light[step], heatColours.dark[step]];
  return {
    backgroundColor: `light-dark(${light?.background}, ${dark?.background})`,
    color: `light-dark(${light?.ink}, ${dark?.ink})`,
  };
}
