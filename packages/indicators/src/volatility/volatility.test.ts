import { expect, test } from 'vitest';
import {
  trueRange,
  atr,
  deviation,
  zScore,
  bollinger,
  keltner,
  squeeze,
  chandelier,
} from '../index.ts';
import { close, highLowClose, onTenBars } from '../vectors.fixture.ts';

test('trueRange()', () => {
  const { given, expected } = onTenBars(trueRange(), highLowClose, {
    main: [5.0, 6.0, 6.0, 7.0, 4.0, 6.0, 4.0, 7.0, 7.0],
  });
  expect(given).toEqual(expected);
});

test('atr(3)', () => {
  const { given, expected } = onTenBars(atr(3), highLowClose, {
    main: [
      5.66666666667, 6.11111111111, 5.40740740741, 5.6049382716, 5.06995884774, 5.71330589849,
      6.14220393233,
    ],
  });
  expect(given).toEqual(expected);
});

test('deviation(3)', () => {
  const { given, expected } = onTenBars(deviation(3), close, {
    main: [
      2.05480466766, 2.05480466766, 3.29983164554, 2.16024689947, 2.62466929134, 2.05480466766,
      3.29983164554, 2.16024689947,
    ],
    mean: [
      101.333333333, 101.666666667, 102.666666667, 105.0, 104.666666667, 103.666666667,
      104.666666667, 106.0,
    ],
  });
  expect(given).toEqual(expected);
});

test('zScore(3)', () => {
  const { given, expected } = onTenBars(zScore(3), close, {
    main: [
      -1.13554994792, 0.162221421131, 1.31319830792, 0.462910049886, -1.397001397, 0.162221421131,
      1.31319830792, -0.462910049886,
    ],
    mean: [
      101.333333333, 101.666666667, 102.666666667, 105.0, 104.666666667, 103.666666667,
      104.666666667, 106.0,
    ],
    deviation: [
      2.05480466766, 2.05480466766, 3.29983164554, 2.16024689947, 2.62466929134, 2.05480466766,
      3.29983164554, 2.16024689947,
    ],
  });
  expect(given).toEqual(expected);
});

test('bollinger(3, 2)', () => {
  const { given, expected } = onTenBars(bollinger(3, 2), close, {
    main: [
      101.333333333, 101.666666667, 102.666666667, 105.0, 104.666666667, 103.666666667,
      104.666666667, 106.0,
    ],
    upper: [
      105.442942669, 105.776276002, 109.266329958, 109.320493799, 109.916005249, 107.776276002,
      111.266329958, 110.320493799,
    ],
    lower: [
      97.223723998, 97.5570573314, 96.0670033756, 100.679506201, 99.417328084, 99.5570573314,
      98.0670033756, 101.679506201,
    ],
  });
  expect(given).toEqual(expected);
});

test('keltner({ period: 4, rangePeriod: 3, ranges: 1.5 })', () => {
  const { given, expected } = onTenBars(
    keltner({ period: 4, rangePeriod: 3, ranges: 1.5 }),
    highLowClose,
    {
      main: [101.5, 103.7, 104.62, 103.172, 103.5032, 105.70192, 105.421152],
      upper: [
        110.0, 112.866666667, 112.731111111, 111.579407407, 111.108138272, 114.271878848,
        114.634457898,
      ],
      lower: [
        93.0, 94.5333333333, 96.5088888889, 94.7645925926, 95.8982617284, 97.1319611523,
        96.2078461015,
      ],
    },
  );
  expect(given).toEqual(expected);
});

test('squeeze({ period: 3, deviations: 1, ranges: 0.8 })', () => {
  const { given, expected } = onTenBars(
    squeeze({ period: 3, deviations: 1, ranges: 0.8 }),
    highLowClose,
    {
      main: [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0],
    },
  );
  expect(given).toEqual(expected);
});

test('chandelier(3, 2)', () => {
  const { given, expected } = onTenBars(chandelier(3, 2), highLowClose, {
    main: [
      93.6666666667, 95.7777777778, 98.1851851852, 97.7901234568, 98.8600823045, 98.573388203,
      98.7155921353,
    ],
    short: [
      108.333333333, 109.222222222, 107.814814815, 111.209876543, 110.139917695, 111.426611797,
      112.284407865,
    ],
  });
  expect(given).toEqual(expected);
});
