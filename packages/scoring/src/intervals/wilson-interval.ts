import { noStudies } from '../metric.js';
import { checkLevel, defaultLevel, type Interval, unknownBecause } from './interval.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * The score interval of a share p = successes / n, such as accuracy, sensitivity or specificity:
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). It stays within 0..1, and has a width also where nothing or
 * everything is right. It takes every study for one of its own; the bootstrap does not. Null for n = 0.
 *
 * Source: E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, Journal of the
 * American Statistical Association 22(158), 1927, 209–212.
 */
export function wilsonInterval(successes: number, n: number, level = defaultLevel): Interval {
  if (n === 0) return unknownBecause(noStudies);
  const share = successes / n;
  const z = normalQuantile((1 + checkLevel(level)) / 2);
  const middle = share + z ** 2 / (2 * n);
  const margin = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  // Where the share is 0 or 1 so is a bound, which rounding would miss.
  return {
    lower: successes === 0 ? 0 : (middle - margin) / scale,
    upper: successes === n ? 1 : (middle + margin) / scale,
    standardError: Math.sqrt((share * (1 - share)) / n),
  };
}
