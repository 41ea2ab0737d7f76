/** What happened in all days of a simulation, so that one sees that each fault was there. */
import type { DayResult } from './day.js';
import { actNames, faultNames } from './plan.js';

export class Sum {
  readonly #happened = new Map<string, number>();
  #days = 0;
  #fed = 0;
  #counted = 0;
  #steps = 0;
  #starts = 0;

  add(day: DayResult): void {
    this.#days += 1;
    this.#fed += day.fed;
    this.#counted += day.counted;
    this.#steps += day.machineSteps;
    this.#starts += day.starts;
    for (const [name, count] of day.happened) {
      this.#happened.set(name, (this.#happened.get(name) ?? 0) + count);
    }
  }

  times(name: string): number {
    return this.#happened.get(name) ?? 0;
  }

  describe(seconds: number, cpuSeconds: number): string {
    const list = (title: string, names: readonly string[], kind: string): string =>
      `${title}: ${names.map((name) => `${name} ${this.times(`${kind} ${name}`)}`).join(', ')}\n`;
    const events = [...this.#happened.keys()]
      .filter((name) => name.startsWith('event '))
      .map((n) => n.slice(6));
    return (
      list('people', actNames, 'act') +
      list('faults', faultNames, 'fault') +
      list('log', events.sort(), 'event') +
      `simulate: ${this.#days} days, ${this.#fed} sheets fed, ${this.#counted} counted, ${this.#starts} starts, ` +
      `${this.#steps} steps of the machine, 0 promises broken; ` +
      `${(this.#fed / seconds).toFixed(0)} sheets/s, ${(this.#fed / cpuSeconds).toFixed(0)} a second of processor time\n`
    );
  }
}
