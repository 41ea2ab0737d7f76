/**
 * A virtual ESC/POS printer: bytes in, status bytes out, and paper that can be looked at. It stands behind the same
 * driver as a real one, in process (`link`) or behind a socket (`receive`). Commands wait in a buffer while it has no
 * paper or its cover is open, as in a real one; real-time requests (DLE EOT) are answered at once all the same.
 */
import { concat } from '../../ground/bytes.js';
import { err, ok, problem, type Problem } from '../../ground/result.js';
import type { PrinterLink } from '../tape-printer/link.js';
import { PrintHead } from './roll-escpos.js';
import { LOW_DOTS, RollPaper, type PaperPiece } from './roll-paper.js';

export type PrinterTrouble = 'paper-out' | 'cover-open' | 'cutter-stuck' | 'unplugged';

/** What it holds unprinted; a real one stops taking bytes then, this one drops the connection. */
const BUFFER_BYTES = 4_000_000;
const DLE = 0x10;
const EOT = 0x04;
const DC4 = 0x14;
const EMPTY_BUFFER_BYTES = 10;

type Reply = (bytes: Uint8Array) => void;

export class VirtualRoll {
  #coverOpen = false;
  #cutterStuck = false;
  #unplugged = false;
  /** Received and not yet worked off. */
  #buffer: Uint8Array = new Uint8Array(0);
  /** A real-time request of which only the beginning has come. */
  #cutShort: Uint8Array = new Uint8Array(0);
  /** Trouble that begins when this many more dots are printed. */
  #later: { readonly trouble: PrinterTrouble; dots: number } | undefined;
  #reply: Reply = () => undefined;
  readonly #paper = new RollPaper();
  readonly #head: PrintHead;

  constructor() {
    this.#head = new PrintHead(
      this.#paper,
      () => this.#reply(Uint8Array.of(this.#paper.low ? 0x03 : 0x00)),
      () => this.#haltedAfterRow(),
    );
  }

  readonly link: PrinterLink = {
    label: 'tape printer',
    connect: () => {
      if (this.#unplugged) return Promise.resolve(err(this.#gone()));
      let listener: Reply = () => undefined;
      let open = true;
      return Promise.resolve(
        ok({
          write: (bytes: Uint8Array) => {
            if (this.#unplugged || !open) return Promise.resolve(err(this.#gone()));
            this.receive(bytes, (answer) => listener(answer));
            return Promise.resolve(ok(undefined));
          },
          onBytes: (next: Reply) => {
            listener = next;
          },
          close: () => {
            open = false;
          },
        }),
      );
    },
  };

  /** Bytes from the wire; `reply` is called with what the printer answers, now or when it goes on. */
  receive(bytes: Uint8Array, reply: Reply): void {
    this.#reply = reply;
    const rest = this.#answerRealTime(bytes);
    this.#buffer = concat(this.#buffer, rest);
    if (this.#buffer.length > BUFFER_BYTES) this.#unplugged = true;
    this.#work();
  }

  /** All paper since it was made, oldest first. */
  pieces(): readonly PaperPiece[] {
    return this.#paper.pieces();
  }

  /** Commands it did not know, in hexadecimal. */
  get unknownCommands(): readonly string[] {
    return this.#head.unknown;
  }

  paperOut(): void {
    this.#paper.setLeft(0);
  }

  /** The roll is nearly at its end; it can still print some metres. */
  paperLow(): void {
    this.#paper.setLeft(LOW_DOTS - 1);
  }

  refill(): void {
    this.#paper.refill();
    this.#work();
  }

  setCover(open: boolean): void {
    this.#coverOpen = open;
    this.#work();
  }

  /** A working cutter again, or a printer that can be reached again. */
  repair(): void {
    this.#cutterStuck = false;
    this.#unplugged = false;
    this.#work();
  }

  /** Once so many more rows of dots have been printed; 0 at once. */
  failAfterDots(dots: number, trouble: PrinterTrouble): void {
    this.#later = { trouble, dots };
    if (dots === 0) this.#fail();
  }

  #work(): void {
    while (this.#buffer.length > 0 && !this.#halted()) {
      const used = this.#head.step(this.#buffer);
      if (used === undefined) return;
      this.#buffer = this.#buffer.subarray(used);
    }
  }

  #halted(): boolean {
    return this.#coverOpen || this.#cutterStuck || this.#unplugged || this.#paper.out;
  }

  /** Asked before each row of dots. */
  #haltedAfterRow(): boolean {
    if (this.#later !== undefined) {
      if (this.#later.dots === 0) this.#fail();
      else this.#later.dots -= 1;
    }
    return this.#halted();
  }

  #fail(): void {
    const trouble = this.#later?.trouble;
    this.#later = undefined;
    if (trouble === 'paper-out') this.paperOut();
    else if (trouble === 'cover-open') this.#coverOpen = true;
    else if (trouble === 'cutter-stuck') this.#cutterStuck = true;
    else if (trouble === 'unplugged') this.#unplugged = true;
  }

  /** Answers and takes out DLE EOT n and DLE DC4 8, wherever they stand; the rest waits its turn. */
  #answerRealTime(arrived: Uint8Array): Uint8Array {
    const bytes = concat(this.#cutShort, arrived);
    this.#cutShort = new Uint8Array(0);
    const rest: number[] = [];
    for (let i = 0; i < bytes.length; i++) {
      const [second, third] = [bytes[i + 1], bytes[i + 2]];
      const length = second === DC4 ? EMPTY_BUFFER_BYTES : 3;
      const maybe = second === undefined || second === EOT || second === DC4;
      if (bytes[i] === DLE && maybe && i + length > bytes.length) {
        this.#cutShort = bytes.slice(i);
        break;
      }
      if (bytes[i] === DLE && second === EOT && third !== undefined) {
        this.#reply(Uint8Array.of(this.#status(third)));
        i += 2;
      } else if (bytes[i] === DLE && second === DC4 && third === 8) {
        this.#buffer = new Uint8Array(0);
        rest.length = 0;
        i += EMPTY_BUFFER_BYTES - 1;
      } else {
        rest.push(bytes[i] ?? 0);
      }
    }
    return Uint8Array.from(rest);
  }

  /** 0xx1xx10, as DLE EOT n answers. */
  #status(n: number): number {
    const fixed = 0x12;
    const offline = this.#coverOpen || this.#cutterStuck || this.#paper.out;
    if (n === 1) return fixed | (offline ? 0x08 : 0);
    if (n === 2) {
      return (
        fixed | (this.#coverOpen ? 0x04 : 0) | (this.#paper.out ? 0x20 : 0) | (this.#cutterStuck ? 0x40 : 0)
      );
    }
    if (n === 3) return fixed | (this.#cutterStuck ? 0x08 : 0);
    return fixed | (this.#paper.low ? 0x0c : 0) | (this.#paper.out ? 0x60 : 0);
  }

  #gone(): Problem {
    return problem('printer-failed', this.link.label, '', 'cannot be reached');
  }
}
