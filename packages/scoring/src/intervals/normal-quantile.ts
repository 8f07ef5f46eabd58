/**
 * The value below which a standard normal variable lies with this probability, to about 1 part in 10¹⁶;
 * −∞ for 0, ∞ for 1, and NaN for what is not a probability.
 *
 * Source: M. J. Wichura, “Algorithm AS 241: The percentage points of the normal distribution”, Journal of the
 * Royal Statistical Society C 37(3), 1988, 477–484; its PPND16.
 */
export function normalQuantile(probability: number): number {
  const fromMiddle = probability - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) return fromMiddle * evaluate(middle, 0.180625 - fromMiddle * fromMiddle);
  const tail = fromMiddle < 0 ? probability : 1 - probability;
  if (tail === 0) return fromMiddle < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const root = Math.sqrt(-Math.log(tail));
  const size = root <= 5 ? evaluate(nearTail, root - 1.6) : evaluate(farTail, root - 5);
  return fromMiddle < 0 ? -size : size;
}

/** A quotient of polynomials, coefficients from the constant on. */
interface Rational {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

function evaluate({ above, below }: Rational, x: number): number {
  return evaluatePolynomial(above, x) / evaluatePolynomial(below, x);
}

function evaluatePolynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

const middle: Rational = {
  above: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.693765509461, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  below: [
    1, 42.31333070160091, 687.187007492058, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
};

const nearTail: Rational = {
  above: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  below: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};

const farTail: Rational = {
  above: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  below: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.4215117583164459e-7, 2.0442631033899397e-15,
  ],
};
