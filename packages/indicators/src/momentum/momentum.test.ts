import { expect, test } from 'vitest';
import { rsi, macd, stochastic, roc, efficiencyRatio, obv, mfi, cci, adx } from '../index.ts';
import {
  close,
  closeVolume,
  highLowClose,
  highLowCloseVolume,
  onTenBars,
} from '../vectors.fixture.ts';

test('rsi(3)', () => {
  const { given, expected } = onTenBars(rsi(3), close, {
    main: [
      54.5454545455, 72.972972973, 65.0602409639, 35.8803986711, 54.3195266272, 73.4251290878,
      48.8883795554,
    ],
  });
  expect(given).toEqual(expected);
});

test('macd({ fast: 2, slow: 4, signal: 3 })', () => {
  const { given, expected } = onTenBars(macd({ fast: 2, slow: 4, signal: 3 }), close, {
    main: [0.991111111111, -0.634962962963, 0.00914567901235, 1.468861893, 0.302441964335],
    signal: [0.374814814815, -0.130074074074, -0.0604641975309, 0.704198847737, 0.503320406036],
    histogram: [0.616296296296, -0.504888888889, 0.0696098765432, 0.764663045267, -0.200878441701],
  });
  expect(given).toEqual(expected);
});

test('stochastic({ range: 3, smoothing: 2, signal: 2 })', () => {
  const { given, expected } = onTenBars(
    stochastic({ range: 3, smoothing: 2, signal: 2 }),
    highLowClose,
    {
      main: [
        76.7045454545, 82.9545454545, 43.0555555556, 27.7777777778, 67.2222222222, 67.7272727273,
      ],
      d: [57.5487012987, 79.8295454545, 63.0050505051, 35.4166666667, 47.5, 67.4747474747],
    },
  );
  expect(given).toEqual(expected);
});

test('roc(3)', () => {
  const { given, expected } = onTenBars(roc(3), close, {
    main: [
      0.990099009901, 2.88461538462, 7.07070707071, -0.980392156863, -2.80373831776, 2.83018867925,
      3.9603960396,
    ],
  });
  expect(given).toEqual(expected);
});

test('efficiencyRatio(3)', () => {
  const { given, expected } = onTenBars(efficiencyRatio(3), close, {
    main: [
      0.0909090909091, 0.230769230769, 0.777777777778, 0.0909090909091, 0.333333333333,
      0.230769230769, 0.333333333333,
    ],
  });
  expect(given).toEqual(expected);
});

test('obv()', () => {
  const { given, expected } = onTenBars(obv(), closeVolume, {
    main: [10.0, 30.0, 0.0, 0.0, 25.0, 10.0, -30.0, -25.0, 10.0, 0.0],
  });
  expect(given).toEqual(expected);
});

test('mfi(3)', () => {
  const { given, expected } = onTenBars(mfi(3), highLowCloseVolume, {
    main: [
      40.6311637081, 46.6627288836, 100.0, 50.840672538, 34.0494092374, 51.0561976883,
      80.0124921924,
    ],
  });
  expect(given).toEqual(expected);
});

test('cci(3)', () => {
  const { given, expected } = onTenBars(cci(3), highLowClose, {
    main: [-60.0, -40.0, 100.0, 68.75, -100.0, -44.0, 100.0, 38.4615384615],
  });
  expect(given).toEqual(expected);
});

test('adx(3)', () => {
  const { given, expected } = onTenBars(adx(3), highLowClose, {
    main: [45.0398644331, 38.0570832426, 33.4018957822, 38.8665329355, 44.677931529],
    plus: [
      15.0, 39.8601398601, 35.7868020305, 22.1350078493, 16.0227272727, 45.3100551758,
      33.3148124763,
    ],
    minus: [
      17.5, 9.79020979021, 7.10659898477, 36.1852433281, 26.1931818182, 15.1857036976,
      9.31430736204,
    ],
  });
  expect(given).toEqual(expected);
});
