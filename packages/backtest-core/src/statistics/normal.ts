import { checkBetween, refuse } from './sample.ts';

const ROOT_OF_TWO_PI = 2.5066282746310002;
/** Below this the series converges fast, above it the continued fraction does. */
const SERIES_MAX = 3;
/** The series ends by itself within 60 terms at SERIES_MAX. */
const SERIES_TERMS_MAX = 200;
const FRACTION_TERMS = 120;

/** Density of the standard normal. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / ROOT_OF_TWO_PI;
}

/**
 * Φ(x), the standard normal's distribution function. Absolute error below 1e-15, relative error
 * of the lower tail below 1e-12 down to x = -37.
 * Source: G. Marsaglia, "Evaluating the Normal Distribution" (2004), for the middle; Laplace's
 * continued fraction of Mills' ratio for the tails (Abramowitz and Stegun 26.2.14).
 *
 * @throws SAMPLE_NOT_FINITE for NaN; ±infinity give 1 and 0
 */
export function normalCumulative(x: number): number {
  if (Number.isNaN(x)) refuse('SAMPLE_NOT_FINITE', 'x is NaN');
  if (x < -SERIES_MAX) return upperTail(-x);
  if (x > SERIES_MAX) return 1 - upperTail(x);
  let term = x;
  let sum = x;
  for (let odd = 3; odd < SERIES_TERMS_MAX * 2; odd += 2) {
    term *= (x * x) / odd;
    if (sum + term === sum) break;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

function upperTail(x: number): number {
  if (x === Infinity) return 0;
  let fraction = x;
  for (let term = FRACTION_TERMS; term >= 1; term--) fraction = x + term / fraction;
  return normalDensity(x) / fraction;
}

const CENTRE_OVER = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRE_UNDER = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const NEAR_OVER = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
  3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const NEAR_UNDER = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
  0.6897673349851, 1.6763848301838038, 2.053191626637759, 1,
];
const FAR_OVER = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const FAR_UNDER = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
];

/**
 * The inverse of Φ for 0 < p < 1, to about 1e-15 relative.
 * Source: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution",
 * Applied Statistics 37 (1988), PPND16.
 *
 * @throws PARAMETER_OUT_OF_RANGE for p outside of (0, 1)
 */
export function normalQuantile(p: number): number {
  checkBetween(p, 'p', 0, 1);
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const rest = 0.180625 - centred * centred;
    return (centred * polynomial(CENTRE_OVER, rest)) / polynomial(CENTRE_UNDER, rest);
  }
  const distance = Math.sqrt(-Math.log(centred < 0 ? p : 1 - p));
  const size =
    distance <= 5
      ? polynomial(NEAR_OVER, distance - 1.6) / polynomial(NEAR_UNDER, distance - 1.6)
      : polynomial(FAR_OVER, distance - 5) / polynomial(FAR_UNDER, distance - 5);
  return centred < 0 ? -size : size;
}

/** Coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
