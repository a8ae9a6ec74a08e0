/** Digits of a fraction that still say something beside a whole part of three digits and more. */
const FRACTION_MAX = 2;
const LONG_FRACTION = 4;
/** A number by itself: no part of an id, a name or another number. */
const NUMBER = /(?<![\w.-])(\d{3,})(\.\d+)?(?![\w.])/g;

/**
 * The numbers of a rule's text as the rest of the page writes them: thousands grouped, and of an
 * amount with a long tail only what the eye needs, cut and never rounded up.
 */
export function readable(text: string): string {
  return text.replaceAll(NUMBER, (_all, whole: string, fraction: string = '') => {
    const digits = fraction.slice(1);
    const kept = digits.length >= LONG_FRACTION ? digits.slice(0, FRACTION_MAX) : digits;
    const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
    return kept === '' ? grouped : `${grouped}.${kept}`;
  });
}
