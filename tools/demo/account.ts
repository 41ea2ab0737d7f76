/** The readable account of a day: what happened, at which time of the virtual clock, what the display said. */
export interface Account {
  /** A new part of the day. */
  part(title: string): void;
  /** One line; `said` is what people read or what came of it. */
  line(time: string, what: string, said?: string): void;
}

/** Plain lines; on a terminal parts stand out. */
export function printedAccount(write: (text: string) => void, terminal: boolean): Account {
  return {
    part: (title) => write(terminal ? `\n\u001b[1m${title}\u001b[0m\n` : `\n${title}\n`),
    line: (time, what, said) => write(`  ${time}  ${said === undefined ? what : `${what}: ${said}`}\n`),
  };
}
