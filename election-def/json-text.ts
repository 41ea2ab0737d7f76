/**
 * JSON as people write it by hand: the first mistake with its line and column, and every key that stands twice in one
 * object (a plain parser would silently keep the last).
 */
import { err, ok, problem, type Problem, type Result } from '../ground/result.js';

/** Deeper than any of our formats. */
const MAX_DEPTH = 32;

interface Scan {
  readonly text: string;
  at: number;
  depth: number;
  /** What is wrong at `at`; scanning stops. */
  fault: string | undefined;
  readonly duplicates: { readonly path: string; readonly at: number }[];
}

export function readJson(text: string, where: string): Result<unknown, readonly Problem[]> {
  const scan: Scan = { text, at: 0, depth: 0, fault: undefined, duplicates: [] };
  scanValue(scan, '');
  skipSpace(scan);
  if (scan.fault === undefined && scan.at < text.length)
    scan.fault = 'something follows the end of the value';
  if (scan.fault !== undefined)
    return err([problem('not-json', where, '', `${place(text, scan.at)}: ${scan.fault}`)]);
  if (scan.duplicates.length > 0) {
    return err(
      scan.duplicates.map(({ path, at }) =>
        problem('duplicate-key', where, path, `stands a second time at ${place(text, at)}`),
      ),
    );
  }
  return ok(JSON.parse(text));
}

/** `contests[3].seats` */
export function childPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function place(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** The token here, and past it; nothing when there is none. */
function take(scan: Scan, token: RegExp): string | undefined {
  token.lastIndex = scan.at;
  const found = token.exec(scan.text)?.[0];
  if (found !== undefined) scan.at += found.length;
  return found;
}

function skipSpace(scan: Scan): void {
  take(scan, SPACE);
}

function takeSign(scan: Scan, sign: string): boolean {
  skipSpace(scan);
  if (scan.text[scan.at] !== sign) return false;
  scan.at++;
  return true;
}

function scanValue(scan: Scan, path: string): void {
  skipSpace(scan);
  const first = scan.text[scan.at];
  if (first === '{' || first === '[') {
    if (++scan.depth > MAX_DEPTH) {
      scan.fault = `is nested deeper than ${MAX_DEPTH} levels`;
      return;
    }
    if (first === '{') scanObject(scan, path);
    else scanArray(scan, path);
    scan.depth--;
    return;
  }
  if (take(scan, first === '"' ? STRING : NUMBER) ?? take(scan, WORD)) return;
  if (first === undefined) scan.fault = 'the text ends too early';
  else if (first === '"') scan.fault = 'this string is not closed on its line, or has a wrong escape';
  else scan.fault = `a value is expected, not ${JSON.stringify(first)}`;
}

function scanObject(scan: Scan, path: string): void {
  const keys = new Set<string>();
  scan.at++;
  if (takeSign(scan, '}')) return;
  do {
    skipSpace(scan);
    const at = scan.at;
    const token = take(scan, STRING);
    if (token === undefined) {
      scan.fault = 'a key in double quotes is expected';
      return;
    }
    const key = String(JSON.parse(token));
    const keyPath = childPath(path, key);
    if (keys.has(key)) scan.duplicates.push({ path: keyPath, at });
    keys.add(key);
    if (!takeSign(scan, ':')) {
      scan.fault = 'a colon is expected after the key';
      return;
    }
    scanValue(scan, keyPath);
    if (scan.fault !== undefined) return;
  } while (takeSign(scan, ','));
  if (!takeSign(scan, '}')) scan.fault = 'a comma or the closing } is expected';
}

function scanArray(scan: Scan, path: string): void {
  scan.at++;
  if (takeSign(scan, ']')) return;
  let index = 0;
  do {
    scanValue(scan, childPath(path, index++));
    if (scan.fault !== undefined) return;
  } while (takeSign(scan, ','));
  if (!takeSign(scan, ']')) scan.fault = 'a comma or the closing ] is expected';
}
