import { expect, test } from 'vitest';
import {
  sma,
  ema,
  wma,
  slope,
  mvwap,
  sessionVwap,
  rollingMax,
  rollingMin,
  donchian,
} from '../index.ts';
import { close, highLow, highLowCloseVolume, inSessions, onTenBars } from '../vectors.fixture.ts';

test('sma(3)', () => {
  const { given, expected } = onTenBars(sma(3), close, {
    main: [
      101.333333333, 101.666666667, 102.666666667, 105.0, 104.666666667, 103.666666667,
      104.666666667, 106.0,
    ],
  });
  expect(given).toEqual(expected);
});

test('ema(3)', () => {
  const { given, expected } = onTenBars(ema(3), close, {
    main: [
      101.333333333, 101.666666667, 104.333333333, 105.166666667, 103.083333333, 103.541666667,
      106.270833333, 105.635416667,
    ],
  });
  expect(given).toEqual(expected);
});

test('wma(3)', () => {
  const { given, expected } = onTenBars(wma(3), close, {
    main: [
      101.0, 101.333333333, 104.0, 105.666666667, 103.666666667, 103.333333333, 106.0,
      106.166666667,
    ],
  });
  expect(given).toEqual(expected);
});

test('slope(4)', () => {
  const { given, expected } = onTenBars(slope(4), close, {
    main: [-0.2, 1.2, 2.6, -0.4, -1.4, 1.2, 1.7],
  });
  expect(given).toEqual(expected);
});

test('mvwap(3)', () => {
  const { given, expected } = onTenBars(mvwap(3), highLowCloseVolume, {
    main: [
      101.277777778, 101.4, 102.606060606, 105.833333333, 104.083333333, 103.444444444,
      104.541666667, 106.733333333,
    ],
  });
  expect(given).toEqual(expected);
});

test('sessionVwap()', () => {
  const { given, expected } = onTenBars(sessionVwap(), inSessions, {
    main: [
      100.666666667, 102.222222222, 101.277777778, 101.277777778, 105.333333333, 105.833333333,
      104.083333333, 104.0, 107.333333333, 107.185185185,
    ],
  });
  expect(given).toEqual(expected);
});

test('rollingMax(3)', () => {
  const { given, expected } = onTenBars(rollingMax(3), close, {
    main: [104.0, 104.0, 107.0, 107.0, 107.0, 106.0, 109.0, 109.0],
  });
  expect(given).toEqual(expected);
});

test('rollingMin(3)', () => {
  const { given, expected } = onTenBars(rollingMin(3), close, {
    main: [99.0, 99.0, 99.0, 102.0, 101.0, 101.0, 101.0, 104.0],
  });
  expect(given).toEqual(expected);
});

test('donchian(3)', () => {
  const { given, expected } = onTenBars(donchian(3), highLow, {
    main: [101.5, 101.0, 102.5, 103.0, 104.5, 104.5, 105.0, 105.5],
    upper: [105.0, 105.0, 108.0, 109.0, 109.0, 109.0, 110.0, 111.0],
    lower: [98.0, 97.0, 97.0, 97.0, 100.0, 100.0, 100.0, 100.0],
  });
  expect(given).toEqual(expected);
});
