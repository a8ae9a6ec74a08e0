import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** On a screen that shows two dots for one. */
const ZOOM = 2;

/** Draws it into a file; what draws is loaded only here. */
export async function writePng(path: string, svg: string): Promise<void> {
  writeFileSync(path, await pngOf(svg));
}

export async function pngOf(svg: string): Promise<Buffer> {
  const { Resvg } = await import('@resvg/resvg-js');
  // A face of its own, so that letters are the same on a machine without any.
  const fontFiles = [fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))];
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM } }).render().asPng();
}
