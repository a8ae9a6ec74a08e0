import { expect, test } from 'vitest';
import { pictureOf } from './picture.ts';
import { pngOf } from './png.ts';

const DAY = 86_400_000;
const BEGIN = Date.UTC(2025, 11, 30);
const COUNT = 40;
const daily = {
  time: Array.from({ length: COUNT }, (_, at) => BEGIN + at * DAY),
  equity: Array.from({ length: COUNT }, (_, at) => 100 + (at % 7)),
};
const parts = { title: 'a <b> on c', facts: ['of "d"'], daily, warnings: 0 };

test('a picture has both curves and a row of months a year, and takes no text for markup', () => {
  const svg = pictureOf(parts);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<polygon/g)).toHaveLength(1);
  const panels = [...svg.matchAll(/class="panel" x="24" y="(\d+)" width="960" height="(\d+)"/g)];
  const [[, first = NaN, height = NaN] = [], [, second = NaN] = []] = panels.map((one) =>
    one.map(Number),
  );
  expect(second, 'one below the other').toBeGreaterThan(first + height);
  expect(svg).toContain('a &lt;b> on c');
  expect(svg).toContain('of &quot;d&quot;');
  expect(svg).toMatch(/>2025<\/text>.*>2026<\/text>/);
  expect(svg).toMatch(/class="up" [^/]*fill-opacity="0\.\d\d"/);
  expect(svg).not.toContain('NaN');
  expect(svg).not.toContain('warnings');
  expect(pictureOf({ ...parts, warnings: 3 })).toContain('3 warnings: see the report');
});

test('it is drawn twice as large as it is, letters too, the same each time', async () => {
  const svg = pictureOf(parts);
  const [, width = 0, height = 0] = /width="(\d+)" height="(\d+)"/.exec(svg)?.map(Number) ?? [];
  const png = await pngOf(svg);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
  expect((await pngOf(svg)).equals(png)).toBe(true);
  const mute = svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, '');
  expect((await pngOf(mute)).equals(png), 'letters are drawn').toBe(false);
});
