import { existsSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeMp4 } from '../../src/emulator/media/mp4.js';
import { paint } from '../../src/emulator/media/picture.js';
import { encodePng, readTexts, sizeOf } from '../../src/emulator/media/png.js';
import { encodeWav } from '../../src/emulator/media/wav.js';

const browserPath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

test('a PNG gives back its pixels, rows as differences to the row above', () => {
  const picture = paint(33, 17, 'a red fox', 'seed 7');
  const png = encodePng(picture, [['nodeInfoList', '一']]);
  expect(sizeOf(png)).toEqual({ width: 33, height: 17 });
  expect(readTexts(png)).toEqual(new Map([['nodeInfoList', '一']]));
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const pixels = new Uint8Array(33 * 17 * 3);
  for (let y = 0; y < 17; y += 1)
    for (let x = 0; x < 99; x += 1)
      pixels[y * 99 + x] =
        rows[y * 100 + 1 + x]! + (rows[y * 100] === 2 ? pixels[(y - 1) * 99 + x]! : 0);
  expect(pixels).toEqual(picture.rgb);
});

test('the size of a JPEG is in its header, behind other segments', () => {
  const jpeg = Buffer.from('ffd8ffe000040000ffc0000b0800200030010111', 'hex');
  expect(sizeOf(Buffer.concat([jpeg, Buffer.alloc(20)]))).toEqual({ width: 48, height: 32 });
  expect(sizeOf(Buffer.from('GIF89a, not told'))).toBeNull();
});

test('a WAV holds two seconds that its header tells', () => {
  const wav = encodeWav(5);
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect(wav.readUInt32LE(40)).toBe(64_000);
  expect(encodeWav(6)).not.toEqual(wav);
});

test('the boxes of an MP4 fill it exactly, and its first sample is where the table says', () => {
  const mp4 = encodeMp4([paint(48, 32, 'a', 'b', 0), paint(48, 32, 'a', 'b', 0.5)], 4);
  const boxes: string[] = [];
  let at = 0;
  for (; at < mp4.length; at += mp4.readUInt32BE(at))
    boxes.push(mp4.toString('latin1', at + 4, at + 8));
  expect(at).toBe(mp4.length);
  expect(boxes).toEqual(['ftyp', 'moov', 'mdat']);
  const first = mp4.readUInt32BE(mp4.indexOf('stco') + 12);
  expect(first).toBe(mp4.indexOf('mdat') + 4);
  // An IDR picture behind its length.
  expect(mp4[first + 4]).toBe(0x65);
});

/** Runs in the page: shows the video, seeks, and reads the pixels back. */
const play = `async (source) => {
  const video = document.querySelector('video');
  const canvas = document.querySelector('canvas').getContext('2d');
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve;
    video.onerror = () => reject(new Error(video.error.message));
    video.src = source;
  });
  await new Promise((resolve) => {
    video.onseeked = resolve;
    video.currentTime = 0.3;
  });
  // On a busy machine the frame comes after the event that announces it: until then all is black.
  let pixels = [];
  for (let tries = 0; tries < 500 && !pixels.some((value, at) => at % 4 < 3 && value > 0); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    canvas.drawImage(video, 0, 0);
    pixels = [...canvas.getImageData(0, 0, 96, 64).data];
  }
  return { width: video.videoWidth, seconds: video.duration, pixels };
}`;

test.skipIf(browserPath === undefined)(
  'a browser plays the MP4 and shows its colours',
  async () => {
    const { chromium } = await import('playwright-core');
    const picture = paint(96, 64, 'a blue heron', 'seed');
    const mp4 = encodeMp4([picture, picture, picture], 4);
    const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.setContent('<video muted></video><canvas width="96" height="64"></canvas>');
      const shown: { width: number; seconds: number; pixels: number[] } = await page.evaluate(
        `(${play})('data:video/mp4;base64,${mp4.toString('base64')}')`,
      );
      expect(shown).toMatchObject({ width: 96, seconds: 0.75 });
      const away = (pixel: number): number =>
        Math.abs(shown.pixels[pixel * 4]! - picture.rgb[pixel * 3]!) +
        Math.abs(shown.pixels[pixel * 4 + 2]! - picture.rgb[pixel * 3 + 2]!);
      const mean = picture.rgb.length / 3;
      let sum = 0;
      for (let pixel = 0; pixel < mean; pixel += 1) sum += away(pixel);
      expect(sum / mean).toBeLessThan(30);
    } finally {
      await browser.close();
    }
  },
);
