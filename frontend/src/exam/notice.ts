// What the page notices of the candidate's attention: evidence for people to read, never a reason to stop anybody.

export interface Noticed {
  kind: "hidden" | "blur" | "paste" | "copy";
  seconds: number;
  item: string;
  at: number;
}

/** As many as one beat may carry. */
const MOST_KEPT = 20;

export class Notices {
  private readonly mono: () => number;
  private readonly wall: () => number;
  private readonly present: () => string;
  private waiting: Noticed[] = [];
  private away: { kind: "hidden" | "blur"; since: number; at: number; item: string } | undefined;
  private readonly seconds: Record<string, number> = {};
  private shown: { item: string; since: number } | undefined;

  /** `present` gives the opaque id of the item on the screen. */
  constructor(mono: () => number, wall: () => number, present: () => string) {
    this.mono = mono;
    this.wall = wall;
    this.present = present;
  }

  /** The page went out of sight, or another window got the keys; the graver of the two is kept. */
  left(kind: "hidden" | "blur"): void {
    this.stopCounting();
    if (this.away && kind === "hidden") this.away.kind = kind;
    this.away ??= { kind, since: this.mono(), at: this.wall(), item: this.present() };
  }

  cameBack(): void {
    if (this.away) {
      const { kind, since, at, item } = this.away;
      this.away = undefined;
      this.add({ kind, seconds: Math.round((this.mono() - since) / 1000), item, at });
    }
    this.count();
  }

  happened(kind: "paste" | "copy"): void {
    this.add({ kind, seconds: 0, item: this.present(), at: this.wall() });
  }

  /** Called when another item comes on the screen, and now and then. */
  count(): void {
    this.stopCounting();
    if (!this.away && this.present()) this.shown = { item: this.present(), since: this.mono() };
  }

  /** Seconds each item was on the screen so far. */
  dwell(): Record<string, number> {
    this.count();
    const whole: Record<string, number> = {};
    for (const [item, seconds] of Object.entries(this.seconds)) whole[item] = Math.round(seconds);
    return whole;
  }

  /** What waits to be told; given back by `undo` when it did not arrive. */
  take(): Noticed[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  undo(taken: Noticed[]): void {
    this.waiting = [...taken, ...this.waiting].slice(0, MOST_KEPT);
  }

  private add(one: Noticed): void {
    if (this.waiting.length < MOST_KEPT) this.waiting.push({ ...one, at: Math.round(one.at) });
  }

  private stopCounting(): void {
    if (!this.shown) return;
    const { item, since } = this.shown;
    this.shown = undefined;
    this.seconds[item] = (this.seconds[item] ?? 0) + Math.max(0, this.mono() - since) / 1000;
  }
}
