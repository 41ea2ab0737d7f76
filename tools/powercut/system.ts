/**
 * What the rig needs of the computer beneath it: root, FUSE, loop devices, ext4's tools and QEMU's storage daemon, and
 * how their commands are run. Where one is missing the rig refuses with words; it never leaves itself out in silence.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { assert, must } from '../../ground/result.js';

const DEVICES = ['/dev/fuse', '/dev/loop-control'] as const;
const COMMANDS = ['qemu-storage-daemon', 'mkfs.ext4', 'mount', 'umount'] as const;
/** A folder in memory must have this much room, or the rig works on the disk, where each flush takes its time. */
const ROOM_BYTES = 512 * 1024 * 1024;
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** One sentence for each thing that is missing. */
export function whatIsMissing(): readonly string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_PATH];
  const there = (command: string): boolean => folders.some((folder) => existsSync(join(folder, command)));
  return [
    ...(process.getuid?.() === 0 ? [] : ['it must run as root, to mount file systems']),
    ...DEVICES.filter((device) => !usable(device)).map((device) => `${device} is not there or not writable`),
    ...COMMANDS.filter((command) => !there(command)).map((command) => `${command} is not installed`),
  ];
}

/** Fails loudly, with everything that is missing. */
export function insist(): void {
  const missing = whatIsMissing();
  if (missing.length === 0) return;
  throw new Error(`power cuts on real file systems cannot be tested here: ${missing.join('; ')}`);
}

function usable(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const environment = { ...process.env, PATH: [process.env['PATH'] ?? '', ...SYSTEM_PATH].join(delimiter) };

/** Runs a command to its end; throws with what it said when it fails. */
export function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

/** More lines than this a shell's answer never has. */
const MOST_ANSWER_CHARS = 16_384;

/**
 * A shell that stays, and runs one line of commands after another beside this program: starting a process out of a
 * large one is dear, out of a shell it is not.
 */
export class Shell {
  readonly #child = spawn('sh', [], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  #said = '';
  #waiting: { resolve: () => void; reject: (why: Error) => void } | undefined;

  constructor() {
    this.#child.stdout.on('data', (chunk: Buffer) => this.#heard(chunk.toString('utf8')));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#heard(chunk.toString('utf8')));
    this.#child.on('close', () => this.#waiting?.reject(new Error(`the shell has ended: ${this.#said}`)));
  }

  /** All at once; rejects with what they said when one of them fails. One call at a time. */
  run(commands: readonly string[]): Promise<void> {
    assert(this.#waiting === undefined, 'a shell runs one line at a time');
    this.#said = '';
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const all = commands.map((command) => `{ ${command} || echo "failed=yes"; } 2>&1 &`).join(' ');
      this.#child.stdin.write(`${all} wait; echo "done=yes"\n`);
    });
  }

  end(): void {
    this.#child.stdin.end();
  }

  #heard(text: string): void {
    if (this.#said.length < MOST_ANSWER_CHARS) this.#said += text;
    if (!this.#said.endsWith('done=yes\n')) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#said.includes('failed=yes')) waiting?.reject(new Error(this.#said.trim()));
    else waiting?.resolve();
  }
}

/** A folder for one piece of work, and what has to be undone when it is over, last things first. */
export class Workshop {
  readonly folder: string;
  readonly #undo: (() => void)[] = [];

  constructor() {
    this.folder = mkdtempSync(join(roomiest(), 'tallystick-powercut-'));
  }

  onLeaving(undo: () => void): void {
    this.#undo.push(undo);
  }

  leave(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function inWorkshop<T>(work: (shop: Workshop) => Promise<T>): Promise<T> {
  insist();
  const shop = new Workshop();
  try {
    return await work(shop);
  } finally {
    shop.leave();
  }
}

function roomiest(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = must(statfsSync(memory), 'a mounted folder');
  return bavail * bsize >= ROOM_BYTES ? memory : tmpdir();
}
