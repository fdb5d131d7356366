// roster.csv read from its bytes into columns: a million rows without an object for each.
import { need, Rejected } from "./rejected.ts";

export interface Row {
  pid: string;
  stratum: string;
  lots: number;
  flag: string;
}

export const PID_LENGTH = 64;
const HEADER = "pid,stratum,lots,flag\n";
const LF = 10;
const COMMA = 44;
const COLON = 58;
export const MUST_SIT = 77; // M
const EXCLUDED = 88; // X
const FLAG_CODE = /^[A-Z0-9_-]{1,16}$/;
const STRATUM = /^[A-Z0-9]+-[0-9]{6,12}-[PSD]$/;

/** Where the rows begin in the bytes, and what is in them. `flags`: 0 none, else the first letter. */
export class Roster {
  readonly count: number;
  readonly strata: string[] = [];
  readonly stratumOf: Uint32Array;
  readonly lots: Uint8Array;
  readonly flags: Uint8Array;
  private readonly starts: Uint32Array;
  private readonly known = new Map<string, number>();

  constructor(readonly bytes: Uint8Array) {
    let lines = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      need(bytes[at]! < 128, "roster.csv is not ASCII text");
      if (bytes[at] === LF) lines += 1;
    }
    need(bytes[bytes.length - 1] === LF, "roster.csv does not end in a line feed");
    need(this.text(0, HEADER.length) === HEADER, "roster.csv has another header");
    this.count = lines - 1;
    this.starts = new Uint32Array(lines);
    this.stratumOf = new Uint32Array(this.count);
    this.lots = new Uint8Array(this.count);
    this.flags = new Uint8Array(this.count);
    let at = HEADER.length;
    for (let row = 0; row < this.count; row += 1) {
      this.starts[row] = at;
      at = this.readRow(row, at);
    }
    this.starts[this.count] = at;
  }

  pid(row: number): string {
    return this.text(this.starts[row]!, this.starts[row]! + PID_LENGTH);
  }

  /** Where the pid of a row begins in `bytes`. */
  pidAt(row: number): number {
    return this.starts[row]!;
  }

  row(row: number): Row {
    const [pid, stratum, lots, flag] = this.text(this.starts[row]!, this.starts[row + 1]! - 1).split(",");
    return { pid: pid!, stratum: stratum!, lots: Number(lots), flag: flag! };
  }

  /** The row of a pid, or -1: the rows are in order. */
  find(pid: string): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.pid(middle);
      if (found === pid) return middle;
      if (found < pid) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  private text(from: number, to: number): string {
    let text = "";
    for (let at = from; at < to; at += 1) text += String.fromCharCode(this.bytes[at]!);
    return text;
  }

  /** Checks one line and gives where the next begins. */
  private readRow(row: number, start: number): number {
    const { bytes } = this;
    const fail = (): never => {
      throw new Rejected(`roster.csv line ${row + 2} is malformed or out of order`);
    };
    let at = start;
    for (; at < start + PID_LENGTH; at += 1) {
      const letter = bytes[at]!;
      if (!((letter >= 48 && letter <= 57) || (letter >= 97 && letter <= 102))) fail();
    }
    if (row > 0 && !this.isAfter(start, this.starts[row - 1]!)) fail();
    if (bytes[at] !== COMMA) fail();
    const end = bytes.indexOf(COMMA, at + 1);
    if (end < 0 || end - at > 200) fail();
    const number = this.stratumNumber(this.text(at + 1, end));
    if (number === undefined) fail();
    this.stratumOf[row] = number!;
    const lots = bytes[end + 1]! - 48;
    if (!(lots >= 1 && lots <= 9) || bytes[end + 2] !== COMMA) fail();
    this.lots[row] = lots;
    if (bytes[end + 3] === LF) return end + 4;
    const close = bytes.indexOf(LF, end + 3);
    const letter = bytes[end + 3]!;
    if ((letter !== MUST_SIT && letter !== EXCLUDED) || bytes[end + 4] !== COLON || !FLAG_CODE.test(this.text(end + 5, close))) fail();
    this.flags[row] = letter;
    return close + 1;
  }

  private isAfter(start: number, before: number): boolean {
    for (let i = 0; i < PID_LENGTH; i += 1) {
      const difference = this.bytes[start + i]! - this.bytes[before + i]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  }

  private stratumNumber(name: string): number | undefined {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (!STRATUM.test(name)) return undefined;
    this.known.set(name, this.strata.length);
    return this.strata.push(name) - 1;
  }
}
