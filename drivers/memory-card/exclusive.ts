/**
 * One program at a time on one folder. Who opens the ballot box on a card holds the card until it is closed; a second
 * program is told so instead of writing between the first one's lines.
 *
 * The hold is a Unix socket in Linux's abstract namespace (unix(7)), named after the device and inode of the folder.
 * The kernel lets one process bind a name and lets the name go with that process, however it ends: nothing lies on
 * the card, so it works on FAT and on write-protected cards, and nothing can be left behind by a power cut. One name
 * stands for one card wherever else it is mounted. It does not reach into another network namespace (a container of
 * its own), and other systems than Linux have no such names: there nothing is held.
 */
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';

/** May be called again; only the first call counts. */
export type LetGo = () => void;

interface Hold {
  readonly socket: Promise<Server | 'not-needed' | undefined>;
  /** Open files of this process that share the hold: within one program lanes keep order. */
  users: number;
}

const holds = new Map<string, Hold>();

/** Nothing when another program holds the folder. Throws what `stat` and `listen` throw. */
export async function holdFolder(directory: string): Promise<LetGo | undefined> {
  const { dev, ino } = await stat(directory, { bigint: true });
  const name = `\0tallystick-card-${dev}-${ino}`;
  const hold = holds.get(name) ?? { socket: bind(name), users: 0 };
  holds.set(name, hold);
  hold.users += 1;
  let isHeld = true;
  const letGo = (socket?: Server | 'not-needed'): void => {
    if (!isHeld) return;
    isHeld = false;
    hold.users -= 1;
    if (hold.users > 0) return;
    if (holds.get(name) === hold) holds.delete(name);
    if (typeof socket === 'object') socket.close();
  };
  try {
    const socket = await hold.socket;
    if (socket !== undefined) return () => letGo(socket);
    letGo();
    return undefined;
  } catch (thrown) {
    letGo();
    throw thrown;
  }
}

/** Resolves with nothing when the name is taken. */
function bind(name: string): Promise<Server | 'not-needed' | undefined> {
  if (process.platform !== 'linux') return Promise.resolve('not-needed');
  return new Promise((resolve, reject) => {
    const socket = createServer((visitor) => visitor.destroy());
    socket.on('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'EADDRINUSE') resolve(undefined);
      else reject(thrown);
    });
    // A hold keeps no program alive.
    socket.listen({ path: name }, () => resolve(socket)).unref();
  });
}
