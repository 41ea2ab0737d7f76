/** A reader written from docs/formats/ballot-box.md alone, with nothing of the product but what it must find. */
import { createDecipheriv, createHash, createPublicKey, hkdfSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../../ground/seeded-random.js';
import { boxKey, castWhole, open, prepared, someSheet, value } from './fixture.js';

const test = suite('format of ballots.box');

const u32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const framed = (...fields: Buffer[]): Buffer =>
  Buffer.concat(fields.flatMap((field) => [u32(field.length), field]));

interface Header {
  readonly boxId: string;
  readonly deviceSerial: string;
  readonly devicePublicKey: string;
  readonly slotCount: number;
  readonly headBytes: number;
  readonly bodyBytes: number;
}

function readHeader(file: Buffer): Header {
  assert.is(file.subarray(0, 16).toString('ascii'), 'TALLYSTICK-BOX/1');
  const json = file.subarray(20, 20 + file.readUInt32BE(16));
  const signature = file.subarray(20 + json.length, 20 + json.length + 64);
  const header = JSON.parse(json.toString('utf8')) as Header;
  assert.ok(signs(header, 'box-header', json, signature));
  return header;
}

function signs(header: Header, domain: string, message: Buffer, signature: Buffer): boolean {
  const spki = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(header.devicePublicKey, 'hex'),
  ]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const prefix = Buffer.from(`tallystick ${domain} 1\0`, 'utf8');
  return verify(null, Buffer.concat([prefix, message]), key, signature);
}

function unseal(header: Header, part: string, index: number, sealed: Buffer): Buffer | undefined {
  const id = Buffer.from(header.boxId, 'hex');
  const key = Buffer.from(hkdfSync('sha256', boxKey, id, `tallystick-box/1 ${part}`, 32));
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAAD(
    framed(
      Buffer.from('tallystick-box/1'),
      id,
      Buffer.from(header.deviceSerial),
      Buffer.from(part),
      u32(index),
    ),
  );
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  const plaintext = decipher.update(sealed.subarray(12, sealed.length - 16));
  try {
    decipher.final();
    return plaintext;
  } catch {
    return undefined;
  }
}

/** Record and front image of the ballot in a slot, or nothing when it is free. */
function readSlot(
  file: Buffer,
  header: Header,
  slot: number,
): { record: unknown; front: Buffer } | undefined {
  const at = 24_576 + slot * (header.headBytes + header.bodyBytes);
  const head = unseal(header, 'head', slot, file.subarray(at, at + header.headBytes));
  if (head === undefined) return undefined;
  const packedEnd = 4 + head.readUInt32BE(0);
  const json = inflateRawSync(head.subarray(4, packedEnd));
  const digest = head.subarray(packedEnd, packedEnd + 32);
  const signature = head.subarray(packedEnd + 32, packedEnd + 96);
  assert.ok(signs(header, 'ballot-slot', framed(Buffer.from(header.boxId), json, digest), signature));
  const bodyAt = at + header.headBytes;
  const body = unseal(header, 'body', slot, file.subarray(bodyAt, bodyAt + header.bodyBytes));
  assert.ok(body !== undefined, 'a ballot has a body');
  const content = body.subarray(4, 4 + body.readUInt32BE(0));
  assert.ok(createHash('sha256').update(content).digest().equals(digest));
  return {
    record: JSON.parse(json.toString('utf8')),
    front: content.subarray(4, 4 + content.readUInt32BE(0)),
  };
}

test('who reads the document and has the box key can read the box', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  const sheets = [1, 2].map((n) => someSheet(seededRandom(`format ${n}`)));
  for (const sheet of sheets) await castWhole(box, sheet);
  await box.close();

  const file = readFileSync(join(cards.folder, 'b', 'ballots.box'));
  const header = readHeader(file);
  assert.is(file.length, 24_576 + header.slotCount * (header.headBytes + header.bodyBytes));
  const found = Array.from({ length: header.slotCount }, (_, slot) => readSlot(file, header, slot)).filter(
    (ballot) => ballot !== undefined,
  );
  assert.is(found.length, 2);
  for (const sheet of sheets) {
    const ballot = found.find((one) => (one.record as { id: string }).id === sheet.record.id);
    assert.equal(ballot?.record, sheet.record);
    assert.ok(ballot?.front.equals(sheet.images.front));
  }

  const intents = [0, 1].map((cell) =>
    unseal(header, 'intent', cell, file.subarray(16_384 + cell * 4096, 16_384 + (cell + 1) * 4096)),
  );
  const [live] = intents
    .filter((intent) => intent !== undefined)
    .sort((a, b) => b.readUInt32BE(0) - a.readUInt32BE(0));
  assert.ok(live !== undefined);
  // Two casts of five steps after the two idle cells of the preparation: generation 11, idle, no slot, two ballots.
  assert.equal(
    [0, 4, 8, 12, 16].map((at) => live.readUInt32BE(at)),
    [11, 0, 0xffff_ffff, 2, 0],
  );
});

test.run();
