// The exam's time: the server's, carried forward by the monotonic clock. The wall clock of the device decides nothing.

/** Seconds left at which a screen reader is told; never more often. */
export const THRESHOLDS = [900, 300, 60] as const;

export class ServerClock {
  private readonly mono: () => number;
  private offset: number | undefined;
  private roundTrip = Infinity;
  private takenAt = -Infinity;
  private deadlineMs: number | undefined;
  /** True while only the device's own clock vouches for the time: shown as about, and nothing ends by it. */
  estimated = false;

  /** `mono` is a clock that never jumps, in milliseconds. */
  constructor(mono: () => number) {
    this.mono = mono;
  }

  /** Takes the server's time from an answer: `sentAt` and `receivedAt` are monotonic milliseconds. */
  sync(serverNow: string, deadline: string, sentAt: number, receivedAt = this.mono()): void {
    const server = Date.parse(serverNow);
    const end = Date.parse(deadline);
    if (Number.isNaN(server) || Number.isNaN(end)) return;
    this.deadlineMs = end;
    const roundTrip = Math.max(0, receivedAt - sentAt);
    // A quick answer tells the time better than a slow one; after two minutes any answer is better than an old one.
    if (roundTrip > this.roundTrip && receivedAt - this.takenAt < 120_000) return;
    this.offset = server + roundTrip / 2 - receivedAt;
    this.roundTrip = roundTrip;
    this.takenAt = receivedAt;
    this.estimated = false;
  }

  /** After a reload without network: `nowMs` is what the server's time should be if the device's clock ran true. */
  estimate(nowMs: number, deadline: string): void {
    if (this.offset !== undefined) return;
    this.offset = nowMs - this.mono();
    this.deadlineMs = Date.parse(deadline);
    this.estimated = true;
  }

  /** The next answer counts, however slow: after sleep the monotonic clock may have stood still. */
  distrust(): void {
    this.roundTrip = Infinity;
  }

  /** Server time in milliseconds since 1970, or undefined before the first answer. */
  now(): number | undefined {
    return this.offset === undefined ? undefined : this.offset + this.mono();
  }

  /** Milliseconds to the deadline, never below zero. */
  remaining(): number | undefined {
    const now = this.now();
    return now === undefined || this.deadlineMs === undefined ? undefined : Math.max(0, this.deadlineMs - now);
  }
}

/** Whole seconds shown: 0:00 appears only when nothing is left. */
export function shownSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}

/** 3725 → "1:02:05", 65 → "01:05". */
export function formatSeconds(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** The threshold that was crossed between two readings in seconds, the lowest if several; undefined if none. */
export function crossedThreshold(before: number, after: number): number | undefined {
  return [...THRESHOLDS].reverse().find((threshold) => before > threshold && after <= threshold && after > 0);
}

/** Notices sleep and changed clocks: the two clocks of the device stop agreeing. */
export class JumpWatch {
  private readonly mono: () => number;
  private readonly wall: () => number;
  private difference: number;

  constructor(mono: () => number, wall: () => number) {
    this.mono = mono;
    this.wall = wall;
    this.difference = wall() - mono();
  }

  /** True once after each jump of more than two seconds. */
  jumped(): boolean {
    const difference = this.wall() - this.mono();
    const jump = Math.abs(difference - this.difference) > 2000;
    this.difference = difference;
    return jump;
  }
}

/** Server time in milliseconds as the local time of day, "10:31:07". */
export function timeOfDay(milliseconds: number): string {
  const date = new Date(milliseconds);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
