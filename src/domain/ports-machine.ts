/** Ports of the machine that everything runs on. What holds for all of them stands in ports.ts. */
import type { MachineDay, MachineUse } from './fleet.ts';

export interface Machine {
  /** Of the disk that holds the data folder, and of the memory. */
  use(): Promise<MachineUse>;
}

export interface MachineDays {
  /** The last measurement of a day stays. */
  save(day: MachineDay): Promise<void>;
  /** The last so many, oldest first. */
  last(count: number): Promise<readonly MachineDay[]>;
}
