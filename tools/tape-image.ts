/**
 * From a picture of a tape, scanned or photographed, to the texts of its codes and to what they say. Codes are found
 * with zxing-wasm, whose WebAssembly file is read from its package on disk; nothing is fetched.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { err, ok, problem, type Result } from '../ground/result.js';
import { parseCode } from '../firmware/tapes/codes.js';
import { isPixelFile } from './image-files.js';
import { openTape, type ReadTape } from '../firmware/tapes/read-tape.js';

/** A tape of seven metres, or a photograph of 60 megapixels. */
const MOST_PIXELS = 60_000_000;
/** In one picture; the reader's own bound. */
const MOST_CODES = 255;

let ready: Promise<void> | undefined;

async function loadReader(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const file = await readFile(path);
  const wasmBinary = new Uint8Array(file).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** Texts of the tape codes in one picture (PNG or JPEG file), each once, in their order. */
export async function readTapeCodes(picture: Uint8Array, where: string): Promise<Result<readonly string[]>> {
  const png = await upright(picture);
  if (png === undefined) {
    return err(problem('bad-picture', where, '', 'is not a picture that can be read (PNG or JPEG)'));
  }
  await (ready ??= loadReader());
  const found = await readBarcodes(png, {
    formats: ['QRCode'],
    tryHarder: true,
    maxNumberOfSymbols: MOST_CODES,
  });
  const texts = new Set(found.filter((code) => code.isValid).map((code) => code.text));
  const place = (text: string): number => parseCode(text)?.number ?? 0;
  return ok([...texts].filter((text) => place(text) > 0).sort((a, b) => place(a) - place(b)));
}

/** Upright as the camera noted it, and as a PNG, whatever it was; nothing when it is no picture. */
async function upright(picture: Uint8Array): Promise<Uint8Array | undefined> {
  if (!isPixelFile(picture)) return undefined;
  try {
    const turned = sharp(picture, { limitInputPixels: MOST_PIXELS }).rotate().greyscale();
    return new Uint8Array(await turned.png({ compressionLevel: 1 }).toBuffer());
  } catch {
    return undefined;
  }
}

/** Several pictures of one tape, taken piece by piece, are read as one. */
export async function readTapePictures(
  pictures: readonly Uint8Array[],
  where: string,
): Promise<Result<ReadTape>> {
  const texts: string[] = [];
  for (const picture of pictures) {
    const found = await readTapeCodes(picture, where);
    if (!found.ok) return found;
    texts.push(...found.value);
  }
  return openTape(texts, where);
}
