/**
 * The wire to a tape printer: bytes both ways, one connection a job. An ESC/POS printer answers on the wire it is
 * written to, so a link that cannot read back (a one-way pipe, a spool) cannot tell what was printed and is no link.
 */
import { connect, type Socket } from 'node:net';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { Clock } from '../ports.js';

export interface PrinterLink {
  /** For messages: `tape printer at 192.0.2.7:9100`. */
  readonly label: string;
  /** Problem code `printer-failed`. */
  connect(): Promise<Result<PrinterConnection>>;
}

export interface PrinterConnection {
  /** Resolves when the bytes are handed over; that says nothing about paper. */
  write(bytes: Uint8Array): Promise<Result<void>>;
  /** What the printer answers. One listener. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  close(): void;
}

const CONNECT_LIMIT_MS = 3_000;
const WRITE_LIMIT_MS = 30_000;

/** A printer on the wire of the cabinet: raw TCP, port 9100 by custom. */
export function tcpPrinterLink(
  host: string,
  port: number,
  clock: Pick<Clock, 'nowMs' | 'setTimer'>,
): PrinterLink {
  const label = `tape printer at ${host}:${port}`;
  return {
    label,
    connect: async () => {
      const socket = connect({ host, port, noDelay: true });
      // An error after connecting shows itself as a failed write or as silence; without a listener Node would throw.
      let lastError = 'the connection was closed';
      socket.on('error', (error) => {
        lastError = error.message;
      });
      const failed = (what: string): Problem => problem('printer-failed', label, '', `${what}: ${lastError}`);
      const connected = await settled(socket, clock, CONNECT_LIMIT_MS, (done) =>
        socket.once('connect', done),
      );
      if (!connected) {
        socket.destroy();
        return err(failed('cannot be reached'));
      }
      return ok({
        write: async (bytes) => {
          if (socket.destroyed) return err(failed('takes no more data'));
          const written = await settled(socket, clock, WRITE_LIMIT_MS, (done) => socket.write(bytes, done));
          return written ? ok(undefined) : err(failed('takes no more data'));
        },
        onBytes: (listener) => socket.on('data', (chunk: Buffer) => listener(new Uint8Array(chunk))),
        close: () => socket.destroy(),
      });
    },
  };
}

/** True when `start`'s callback comes without an error, false when the socket closes or time runs out before. */
async function settled(
  socket: Socket,
  clock: Pick<Clock, 'nowMs' | 'setTimer'>,
  limitMs: number,
  start: (done: (error?: Error | null) => void) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (good: boolean): void => {
      cancel();
      socket.off('close', closed);
      resolve(good);
    };
    const closed = (): void => finish(false);
    const cancel = clock.setTimer(clock.nowMs() + limitMs, closed);
    socket.once('close', closed);
    start((error) => finish(error === undefined || error === null));
  });
}
