/**
 * Three media as block devices with real ext4 on them: memory card A, memory card B and the internal storage, each an
 * image in a file. Recorded ones are exported by QEMU's storage daemon, which logs every write and flush, and mounted
 * through FUSE and a loop device; plain ones are mounted from their file.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { must } from '../../ground/result.js';
import { valueOf } from '../bench/office.js';
import { forPlaces, PLACES, type OfPlaces, type Place } from './cut.js';
import { run, Shell, type Workshop } from './system.js';
import { readWriteLog, type LogEntry, type LoggedWrite } from './write-log.js';

export const MEDIUM_BYTES = 16 * 1024 * 1024;
const BLOCK_BYTES = 4096;
/** An error that ext4 meets makes it read-only, as an appliance has it. */
const MKFS = ['-q', '-F', '-b', '4096', '-J', 'size=4', '-N', '64', '-m', '0', '-e', 'remount-ro'];

/** What a block device holds, with the blocks that are not zero known. */
export class Image {
  readonly #bytes: Uint8Array;
  readonly #used = new Set<number>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let block = 0; block * BLOCK_BYTES < bytes.length; block++) {
      const part = bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
      if (part.some((byte) => byte !== 0)) this.#used.add(block);
    }
  }

  copy(): Image {
    return new Image(this.#bytes.slice());
  }

  apply({ at, bytes }: LoggedWrite): void {
    this.#bytes.set(bytes, at);
    const last = Math.floor((at + bytes.length - 1) / BLOCK_BYTES);
    for (let block = Math.floor(at / BLOCK_BYTES); block <= last; block++) this.#used.add(block);
  }

  /** A file with these bytes, and some writes on top. */
  writeTo(path: string, onTop: readonly LoggedWrite[] = []): void {
    const file = openSync(path, 'w');
    try {
      ftruncateSync(file, this.#bytes.length);
      const blocks = [...this.#used].sort((x, y) => x - y);
      for (let i = 0; i < blocks.length;) {
        const from = must(blocks[i], 'a block');
        let to = from;
        while (blocks[i] === to) {
          to += 1;
          i += 1;
        }
        const part = this.#bytes.subarray(from * BLOCK_BYTES, to * BLOCK_BYTES);
        writeSync(file, part, 0, part.length, from * BLOCK_BYTES);
      }
      for (const { at, bytes } of onTop) writeSync(file, bytes, 0, bytes.length, at);
    } finally {
      closeSync(file);
    }
  }
}

/** A new, empty ext4. */
export function blankImage(shop: Workshop): Image {
  const path = join(shop.folder, 'blank.img');
  writeFileSync(path, new Uint8Array());
  run('truncate', '-s', String(MEDIUM_BYTES), path);
  run('mkfs.ext4', ...MKFS, path);
  return new Image(new Uint8Array(readFileSync(path)));
}

/** A place to mount three images at, again and again. */
export class Station {
  readonly mounts: OfPlaces<string>;
  readonly #images: OfPlaces<string>;
  readonly #shell = new Shell();
  #mounted = false;

  constructor(shop: Workshop) {
    const folder = mkdtempSync(join(shop.folder, 'station-'));
    this.mounts = forPlaces((place) => join(folder, place));
    this.#images = forPlaces((place) => join(folder, `${place}.img`));
    for (const place of PLACES) mkdirSync(this.mounts[place], { recursive: true });
    shop.onLeaving(() => {
      this.#shell.end();
      if (this.#mounted) for (const place of PLACES) spawnSync('umount', ['-l', this.mounts[place]]);
    });
  }

  imageOf(place: Place): string {
    return this.#images[place];
  }

  /** ext4 recovers here, as it does when the power comes back. */
  mount(): Promise<void> {
    this.#mounted = true;
    return this.#shell.run(
      PLACES.map((place) => `mount -o loop '${this.#images[place]}' '${this.mounts[place]}'`),
    );
  }

  async unmount(): Promise<void> {
    await this.#shell.run(PLACES.map((place) => `umount '${this.mounts[place]}'`));
    this.#mounted = false;
  }
}

/** Media whose every write is logged. */
export class RecordedMedia {
  readonly mounts: OfPlaces<string>;
  readonly #logs: OfPlaces<string>;
  readonly #pids: OfPlaces<number>;
  #attached = true;

  constructor(shop: Workshop, name: string, images: OfPlaces<Image>) {
    const folder = join(shop.folder, name);
    mkdirSync(folder, { recursive: true });
    const file = (place: Place, what: string): string => join(folder, `${place}.${what}`);
    this.#logs = forPlaces((place) => file(place, 'log'));
    this.mounts = forPlaces((place) => file(place, 'mount'));
    shop.onLeaving(() => this.#letGo());
    this.#pids = forPlaces((place) => {
      images[place].writeTo(file(place, 'img'));
      writeFileSync(this.#logs[place], '');
      writeFileSync(file(place, 'export'), '');
      mkdirSync(this.mounts[place]);
      startDaemon(place, file);
      run('mount', '-o', 'loop', file(place, 'export'), this.mounts[place]);
      return Number(readFileSync(file(place, 'pid'), 'utf8'));
    });
  }

  /** How long each log is at this moment. */
  lengths(): OfPlaces<number> {
    return forPlaces((place) => statSync(this.#logs[place]).size);
  }

  /** The device dies: from now on every read and write of it fails. */
  kill(place: Place): void {
    process.kill(this.#pids[place], 'SIGKILL');
  }

  /** The loop device under this mount: `/dev/loop7`. */
  loopOf(place: Place): string {
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    const line = mounts.find((one) => one.split(' ')[1] === this.mounts[place]);
    return must(line?.split(' ')[0], `${this.mounts[place]} is mounted`);
  }

  /** All power off and on again: every file system is mounted anew, a dead device replaced by one with its bytes. */
  renew(dead: Place | undefined): void {
    for (const place of PLACES) {
      if (place === dead) spawnSync('umount', ['-l', this.mounts[place]]);
      else run('umount', this.mounts[place]);
      const from = place === dead ? 'img' : 'export';
      run('mount', '-o', 'loop', this.mounts[place].replace(/mount$/, from), this.mounts[place]);
    }
  }

  release(): void {
    for (const place of PLACES) run('umount', this.mounts[place]);
    this.#letGo();
  }

  /** Ends the recording and gives what was logged. What the unmounting itself writes is in it, and is never cut at. */
  detach(): OfPlaces<readonly LogEntry[]> {
    for (const place of PLACES) run('umount', this.mounts[place]);
    this.#letGo();
    return forPlaces((place) => {
      const path = this.#logs[place];
      return valueOf(readWriteLog(new Uint8Array(readFileSync(path)), path));
    });
  }

  #letGo(): void {
    if (!this.#attached) return;
    this.#attached = false;
    for (const place of PLACES) {
      spawnSync('umount', ['-l', this.mounts[place]]);
      try {
        process.kill(this.#pids[place], 'SIGTERM');
      } catch {
        // It is dead already: that was the test.
      }
      spawnSync('umount', ['-l', this.mounts[place].replace(/mount$/, 'export')]);
    }
  }
}

function startDaemon(place: Place, file: (place: Place, what: string) => string): void {
  run(
    'qemu-storage-daemon',
    ...['--blockdev', `driver=file,node-name=disk,filename=${file(place, 'img')}`],
    ...['--blockdev', `driver=file,node-name=log,filename=${file(place, 'log')}`],
    '--blockdev',
    'driver=blklogwrites,node-name=logged,file=disk,log=log,log-append=off,log-sector-size=512',
    '--export',
    `type=fuse,id=export,node-name=logged,mountpoint=${file(place, 'export')},writable=on`,
    '--daemonize',
    ...['--pidfile', file(place, 'pid')],
  );
}
