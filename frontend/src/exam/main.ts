import { copyText } from "../behaviours/copy.ts";
import { Api, Failure, numbersIn, type Urls } from "./api.ts";
import { crossedThreshold, formatSeconds, JumpWatch, ServerClock, shownSeconds, timeOfDay } from "./clock.ts";
import { answerHash, freshId, type Hello, type Item, type Opened, type Receipt } from "./messages.ts";
import { backOff, Outbox, rescueFile, type News } from "./outbox.ts";
import { INITIAL, reduce, type Happening, type State } from "./state.ts";
import { Notices } from "./notice.ts";
import { forgetAtRest, keepAtRest } from "./rest.ts";
import { openStore, type KeptPaper, type Store } from "./store.ts";
import { clientId, tabLock, type TabLock } from "./tabs.ts";
import { textsFrom, type Say } from "./texts.ts";
import { View } from "./view.ts";
import { plainText } from "./rich.ts";

interface Config {
  attempt: string;
  urls: Urls;
  title: string;
  candidate: string;
  read_aloud?: boolean;
  font_size?: number;
}

const TICK_MS = 500;
/** Extra time must be on the phone within five seconds of its approval. */
const BEAT_MS = 4000;
const DWELL_MS = 30_000;
const WAKE_MS = 15_000;
const HELLO_MS = 60_000;
const RENEW_MS = 20_000;
const SHORT_SECONDS = 300;

const mono = (): number => performance.now();
const wall = (): number => Date.now();

function later(run: () => void, milliseconds: number): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}

/** Ties the parts together: what happens on the page, on the wire and on the clock becomes happenings of the state. */
class Sitting {
  private state: State = INITIAL;
  private readonly api: Api;
  private readonly clock = new ServerClock(mono);
  private readonly jumps = new JumpWatch(mono, wall);
  private readonly outbox: Outbox;
  private readonly view: View;
  private readonly lock: TabLock;
  private cid = "";
  private epoch = 0;
  private secondsShown: number | undefined;
  private lastWake = 0;
  private lastHello = 0;
  private lastRenew = -Infinity;
  private lastBeat = 0;
  private lastDwell = 0;
  private beatFlying = false;
  private beatMisses = 0;
  private deadline = "";
  private readonly notices: Notices;
  private readonly faultRefs = new Map<string, string>();
  private helloFlying = false;
  private submitFlying = false;
  private submitTries = 0;
  private submitNotBefore = 0;
  private realign = false;
  private readonly repeated = new Set<string>();

  constructor(private readonly config: Config, private readonly store: Store, root: HTMLElement, private readonly say: Say) {
    this.api = new Api(config.urls);
    this.view = new View(root, say, this.wishes());
    this.view.bindQuestion(() => this.present(), () => this.state);
    this.notices = new Notices(mono, wall, () => (this.state.phase === "writing" && this.state.screen === "question" ? this.present()?.item.id ?? "" : ""));
    this.view.offerReading(config.read_aloud === true, canSpeak());
    this.lock = tabLock(config.attempt, () => this.lostToTab());
    this.outbox = new Outbox(config.attempt, {
      store, mono, wall, later, random: Math.random,
      send: async (batch) => {
        const sentAt = mono();
        const saved = await this.api.save(batch);
        this.clock.sync(saved.server_now, saved.deadline, sentAt);
        return saved;
      },
      tell: (news) => this.onNews(news),
    });
  }

  async begin(): Promise<void> {
    this.happen({ type: "remembered", flags: [], fontSize: 0, current: 0, durable: this.store.durable });
    if (!this.store.durable) await this.view.warn();
    const memory = await this.store.recall(this.config.attempt);
    const { flags = [], fontSize = this.config.font_size ?? 0, current = 0, together } = memory ?? {};
    this.happen({ type: "remembered", flags, fontSize, current, together, durable: this.store.durable });
    this.cid = clientId(this.config.attempt, memory?.cid, freshId);
    await this.outbox.load();
    this.listen();
    if (await this.lock.claim(false)) await this.open(false);
    else this.happen({ type: "held", message: this.say("held_tab") });
  }

  private happen(event: Happening): void {
    const before = this.state;
    this.state = reduce(before, event);
    if (this.state === before) return;
    this.view.show(this.state);
    this.announceDelivery(before);
  }

  private present(): { item: Item; index: number; last: boolean } | undefined {
    const items = this.state.paper?.items ?? [];
    const item = items[this.state.current];
    return item && { item, index: this.state.current, last: this.state.current === items.length - 1 };
  }

  private wishes(): ConstructorParameters<typeof View>[2] {
    return {
      answer: (item, answer) => this.answer(item, answer),
      clear: (item) => this.answer(item, null),
      move: (to) => this.move(to),
      look: (at) => {
        if (at === this.state.current) return;
        this.happen({ type: "looked", at });
        this.notices.count();
      },
      together: (on) => this.rememberAfter({ type: "together", on }),
      reportFault: (item, text) => this.reportFault(item, text),
      readAloud: (item) => readOut(item),
      flag: (item) => this.rememberAfter({ type: "flagged", item: item.id }),
      font: (size) => this.rememberAfter({ type: "font", size }),
      toggleCard: () => this.happen({ type: "shown", screen: this.state.screen === "card" ? "question" : "card" }),
      review: () => this.happen({ type: "shown", screen: "review" }),
      backToQuestions: () => this.happen({ type: "shown", screen: "question" }),
      submit: () => this.handIn(),
      takeOver: () => void this.takeOver(),
      retry: () => void this.open(false),
      putOffSignIn: (putOff) => this.happen({ type: "sign_in_put_off", putOff }),
      cancelSubmit: () => this.happen({ type: "hand_in_cancelled" }),
      signedInAgain: () => void this.signedInAgain(),
      saveRescue: () => download(`choukao-rescue-${this.config.attempt.slice(0, 8)}.json`, this.rescue()),
      copyRescue: () => copyText(this.rescue()),
      saveReceipt: () => download(`choukao-receipt-${this.config.attempt.slice(0, 8)}.json`, this.state.finalReceipt),
      copyReceipt: () => copyText(this.state.finalReceipt),
    };
  }

  private rescue(): string {
    return rescueFile(this.config.attempt, this.outbox.events);
  }

  private answer(item: Item, answer: string[] | null): void {
    if (this.state.phase !== "writing") return;
    const seq = this.outbox.add(item.id, answer);
    this.happen({ type: "chosen", item: item.id, answer, seq });
  }

  private move(to: number): void {
    this.rememberAfter({ type: "moved", to });
    this.notices.count();
    if (this.state.together && this.state.screen === "question") this.view.goTo(to);
  }

  /** Reported to the invigilators at once, or not at all and said so: only answers travel through the outbox. */
  private async reportFault(item: Item, text: string): Promise<string> {
    const key = `${item.id} ${text}`;
    const ref = this.faultRefs.get(key) ?? freshId();
    this.faultRefs.set(key, ref);
    try {
      await this.api.fault({ ref, item: item.id, text });
      return "";
    } catch (error) {
      return error instanceof Failure && error.kind === "refused" && error.message ? error.message : this.say("fault_offline");
    }
  }

  private rememberAfter(event: Happening): void {
    this.happen(event);
    this.remember();
  }

  private remember(): void {
    const { flags, fontSize, current, together } = this.state;
    this.store.remember({ attempt: this.config.attempt, cid: this.cid, flags, fontSize, current, together }).catch(() => undefined);
  }

  /** OPEN, again and again until somebody answers. */
  private async open(takeover: boolean, tries = 0): Promise<void> {
    const sentAt = mono();
    try {
      const opened = await this.api.open(this.cid, takeover);
      this.clock.sync(opened.server_now, opened.deadline, sentAt);
      this.onOpened(opened);
    } catch (error) {
      await this.onOpenFailed(error as Failure, takeover, tries + 1);
    }
  }

  private onOpened(opened: Opened): void {
    this.epoch = opened.epoch;
    this.remember();
    const unsent = Array.from(this.outbox.newest().values())
      .filter((event) => event.receipt === "" && (event.epoch >= opened.epoch || !(event.item in opened.answers)));
    this.outbox.begin(this.cid, opened.epoch, opened.have);
    this.happen({ type: "opened", paper: opened.paper, answers: opened.answers, unsent });
    this.deadline = opened.deadline;
    this.lastHello = mono();
    this.keep(opened);
    if (opened.done_url) this.config.urls.done = opened.done_url;
    if (opened.state !== "open") this.happen({ type: "closed" });
    this.tick();
  }

  private async onOpenFailed(failure: Failure, takeover: boolean, tries: number): Promise<void> {
    if (failure.code === "lease_held") return this.happen({ type: "held", message: failure.message || this.say("held_device") });
    if (failure.kind === "refused") return this.happen({ type: "refused", message: failure.message });
    if (failure.kind === "signed_out") return this.signedOut();
    if (this.state.paper === undefined) await this.openFromDevice();
    this.happen({ type: "failed", tries });
    await new Promise<void>((resolve) => void later(resolve, backOff(tries, Math.random())));
    return this.open(takeover, tries);
  }

  /** Kept for a reload without network; what cannot be kept costs only that. */
  private keep(opened: Opened): void {
    const kept = {
      attempt: this.config.attempt, cid: this.cid, epoch: opened.epoch, paper: opened.paper, answers: opened.answers,
      deadline: opened.deadline, serverMs: Date.parse(opened.server_now), wallMs: wall(),
    };
    this.store.keepPaper(kept).catch(() => undefined);
    if (this.store.durable) void keepAtRest({ attempt: this.config.attempt, page: this.config.urls.page, worker: this.config.urls.worker, paper: opened.paper });
  }

  /** The server does not answer, but this device has the paper and held the right to write: the exam goes on. */
  private async openFromDevice(): Promise<void> {
    const kept: KeptPaper | undefined = await this.store.keptPaper(this.config.attempt).catch(() => undefined);
    if (!kept || kept.cid !== this.cid || this.state.paper !== undefined) return;
    this.epoch = kept.epoch;
    this.deadline = kept.deadline;
    this.clock.estimate(kept.serverMs + (wall() - kept.wallMs), kept.deadline);
    const unsent = Array.from(this.outbox.newest().values()).filter((event) => event.epoch >= kept.epoch || !(event.item in kept.answers));
    const answers = { ...kept.answers };
    for (const event of unsent) if (event.receipt !== "") answers[event.item] = event.answer;
    // No list of what the server has: nothing is sent again that was acknowledged, HELLO will tell.
    this.outbox.begin(this.cid, kept.epoch);
    this.happen({ type: "opened", paper: kept.paper, answers, unsent: unsent.filter((event) => event.receipt === "") });
    this.happen({ type: "said", message: this.say("offline_start") });
    this.tick();
  }

  private async takeOver(): Promise<void> {
    await this.lock.claim(true);
    await this.reload();
    await this.open(true);
  }

  /** What another tab of this device wrote meanwhile is on this device too. */
  private async reload(): Promise<void> {
    const memory = await this.store.recall(this.config.attempt);
    this.cid = clientId(this.config.attempt, memory?.cid, freshId);
    await this.outbox.load();
  }

  private lostToTab(): void {
    this.outbox.stop();
    this.happen({ type: "held", message: this.say("held_tab") });
  }

  private onNews(news: News): void {
    switch (news.type) {
      case "kept": return this.happen(news);
      case "not_kept": return this.happen(news);
      case "pending": return this.happen(news);
      case "acknowledged": return this.onAcknowledged(news);
      case "conflict": return this.onConflict(news.item, news.code);
      case "sent": return this.onSent(news.saved.state);
      case "failed": return this.onSendFailed(news.failure, news.tries);
    }
  }

  private onAcknowledged(news: Extract<News, { type: "acknowledged" }>): void {
    const receipt = JSON.parse(news.receipt) as Receipt;
    const at = timeOfDay(Date.parse(receipt.server_ts));
    this.happen({ type: "acknowledged", item: news.item, seq: news.seq, late: news.late, at });
    if (!news.stale) return;
    // Stored, but another device writes now; or an old answer of ours arrived after we had taken over again.
    if (news.epoch === this.epoch) this.happen({ type: "held", message: this.say("held_device") });
    else this.realign = true;
  }

  private onConflict(item: string, code: string): void {
    if (code === "lease_unknown") {
      this.happen({ type: "held", message: this.say("held_device") });
      return void this.hello();
    }
    if (this.repeated.has(item)) return;
    this.repeated.add(item);
    const number = this.state.paper?.items.find((candidate) => candidate.id === item)?.number ?? "";
    const answer = this.state.answers[item] ?? null;
    this.happen({ type: "chosen", item, answer, seq: this.outbox.add(item, answer) });
    this.happen({ type: "said", message: this.say("conflict", { number }) });
  }

  private onSent(state: string): void {
    const wasAway = this.state.tries > 0;
    this.happen({ type: "delivered" });
    if (state !== "open" && this.state.phase === "writing") this.happen({ type: "closed" });
    if (wasAway) void this.hello();
  }

  private onSendFailed(failure: unknown, tries: number): void {
    this.happen({ type: "failed", tries });
    if (failure instanceof Failure && failure.kind === "signed_out") void this.signedOut();
  }

  /** Where the person is still signed in, the right to write is renewed without a word; otherwise they are asked. */
  private async signedOut(): Promise<void> {
    if (mono() - this.lastRenew > RENEW_MS) {
      this.lastRenew = mono();
      await this.api.renew(window.location.pathname);
      return this.again();
    }
    this.happen({ type: "signed_out" });
  }

  private async signedInAgain(): Promise<void> {
    await this.api.renew(window.location.pathname);
    this.lastRenew = mono();
    this.happen({ type: "signed_in" });
    await this.again();
  }

  private async again(): Promise<void> {
    if (this.state.paper === undefined) await this.open(false);
    else {
      this.outbox.wake();
      if (this.state.pending === 0) await this.hello();
    }
  }

  /** HELLO: what does the server have, what time is it, who writes, is the attempt still open? */
  private async hello(): Promise<void> {
    if (this.helloFlying || this.epoch === 0 || this.state.phase === "finished") return;
    this.helloFlying = true;
    this.lastHello = mono();
    const confirmations = this.outbox.confirmations;
    const sentAt = mono();
    try {
      const hello = await this.api.hello();
      this.clock.sync(hello.server_now, hello.deadline, sentAt);
      this.onHello(hello, confirmations === this.outbox.confirmations);
    } catch (error) {
      if (error instanceof Failure && error.kind === "signed_out") void this.signedOut();
    } finally {
      this.helloFlying = false;
    }
  }

  private onHello(hello: Hello, upToDate: boolean): void {
    this.happen({ type: "signed_in" });
    if (hello.epoch > this.epoch && this.state.phase !== "held") this.happen({ type: "held", message: this.say("held_device") });
    if (upToDate) this.outbox.heal(hello.have);
    // The database was put back to before we took over: the right to write is asked for again, without a word.
    if (hello.epoch < this.epoch && hello.state === "open") void this.open(true);
    if (hello.state !== "open") this.happen({ type: "closed" });
    else if ((this.clock.remaining() ?? 0) > 0) this.happen({ type: "reopened" });
    this.outbox.wake();
  }

  private handIn(): void {
    this.happen({ type: "hand_in" });
    this.submitTries = 0;
    this.submitNotBefore = 0;
    this.outbox.wake();
    // What was noticed since the last beat goes first; it never holds the paper up for long.
    const patience = new Promise((resolve) => setTimeout(resolve, 1000));
    void Promise.race([this.beat(), patience]).then(() => this.trySubmit());
  }

  /** SUBMIT only when everything is acknowledged; asked again by the tick until the receipt is here. */
  private async trySubmit(): Promise<void> {
    const due = this.state.phase === "handing_in" || (this.state.phase === "closed" && this.submitTries < 3);
    if (!due || this.submitFlying || this.state.pending > 0 || this.epoch === 0 || mono() < this.submitNotBefore) return;
    this.submitFlying = true;
    try {
      const items: Record<string, string> = {};
      for (const [item, answer] of Object.entries(this.state.answers)) items[item] = answerHash(answer);
      const submitted = await this.api.submit({ epoch: this.epoch, cid: this.cid, last_seq: this.outbox.last, items });
      await this.onSubmitted(submitted.final_receipt, submitted.done_url);
    } catch (error) {
      this.submitTries += 1;
      this.submitNotBefore = mono() + backOff(this.submitTries, Math.random());
      await this.onSubmitFailed(error as Failure);
    } finally {
      this.submitFlying = false;
    }
  }

  private async onSubmitted(receipt: string, doneUrl: string): Promise<void> {
    const { attempt } = JSON.parse(receipt) as { attempt?: string };
    if (attempt !== this.config.attempt) throw new Failure("network");
    this.outbox.stop();
    this.happen({ type: "finished", receipt, doneUrl: doneUrl || this.config.urls.done });
    await this.store.forget(this.config.attempt).catch(() => undefined);
    await forgetAtRest(this.config.attempt);
  }

  private async onSubmitFailed(failure: Failure): Promise<void> {
    switch (failure.code) {
      case "missing_events": return this.outbox.resend(numbersIn(failure.params.missing));
      case "writing_elsewhere": return this.happen({ type: "held", message: failure.message });
      case "attempt_finished": return this.happen({ type: "closed" });
      case "answers_differ": {
        await this.open(false);
        return this.happen({ type: "hand_in_refused", message: this.say("differ") });
      }
      default:
        if (failure.kind === "signed_out") await this.signedOut();
        else if (failure.kind === "refused") this.happen({ type: "hand_in_refused", message: failure.message });
        else this.happen({ type: "failed", tries: this.submitTries });
    }
  }

  private listen(): void {
    setInterval(() => this.tick(), TICK_MS);
    window.addEventListener("online", () => this.comeBack());
    window.addEventListener("pageshow", () => this.comeBack());
    window.addEventListener("pagehide", () => this.breathe());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.breathe() : this.comeBack()));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.notices.left("hidden") : this.notices.cameBack()));
    window.addEventListener("blur", () => this.notices.left("blur"));
    window.addEventListener("focus", () => this.notices.cameBack());
    for (const kind of ["paste", "copy"] as const) document.addEventListener(kind, () => this.notices.happened(kind));
    window.addEventListener("beforeunload", (event) => {
      if (this.state.pending > 0 && this.state.phase !== "finished") event.preventDefault();
    });
  }

  private comeBack(): void {
    this.outbox.wake();
    void this.hello();
  }

  private breathe(): void {
    const batch = this.outbox.lastBreath();
    if (batch) this.api.lastBreath(batch);
  }

  private tick(): void {
    if (this.state.phase === "finished" || this.epoch === 0) return;
    const now = mono();
    if (this.jumps.jumped()) {
      this.clock.distrust();
      void this.hello();
    }
    if (now - this.lastWake > WAKE_MS) {
      this.lastWake = now;
      this.outbox.wake();
    }
    if (now - this.lastHello > HELLO_MS || (this.state.phase === "closed" && now - this.lastHello > WAKE_MS)) void this.hello();
    if (this.realign && this.state.pending === 0) {
      this.realign = false;
      void this.open(false);
    }
    if (now - this.lastBeat > BEAT_MS && !document.hidden) void this.beat();
    this.showTime();
    this.view.watermark(this.label());
    void this.trySubmit();
  }

  /** "张* · 3f2a91 · 10:31": who and when, without a name that could be looked up. */
  private label(): string {
    const now = this.clock.now();
    const time = now === undefined ? "" : timeOfDay(now).slice(0, 5);
    return [this.config.candidate, this.config.attempt.slice(0, 6), time].filter(Boolean).join(" · ");
  }

  /** A sign of life, and what changed in return. Its silence is only counted: answers have their own road. */
  private async beat(): Promise<void> {
    if (this.beatFlying || this.state.phase === "held" || this.state.phase === "refused") return;
    this.beatFlying = true;
    const sentAt = this.lastBeat = mono();
    const noticed = this.notices.take();
    const counts = sentAt - this.lastDwell > DWELL_MS;
    if (counts) this.lastDwell = sentAt;
    try {
      const pulse = await this.api.beat(noticed, counts ? this.notices.dwell() : {});
      this.beatMisses = 0;
      this.clock.sync(pulse.server_now, pulse.deadline, sentAt);
      this.follow(pulse.state, pulse.epoch, pulse.deadline);
    } catch (error) {
      this.notices.undo(noticed);
      this.onBeatMissed(error);
    } finally {
      this.beatFlying = false;
    }
  }

  private follow(state: string, epoch: number, deadline: string): void {
    if (this.state.pending === 0 && this.state.tries > 0) this.happen({ type: "delivered" });
    if (epoch > this.epoch || (state !== "open") !== (this.state.phase === "closed")) void this.hello();
    const minutes = Math.round((Date.parse(deadline) - Date.parse(this.deadline)) / 60_000);
    this.deadline = deadline;
    if (!(minutes > 0) || state !== "open") return;
    const message = this.say("extended", { minutes });
    this.happen({ type: "said", message });
    this.view.announce(message);
  }

  private onBeatMissed(error: unknown): void {
    if (error instanceof Failure && error.kind === "signed_out") return void this.signedOut();
    if (error instanceof Failure && error.kind === "refused") return;
    this.beatMisses += 1;
    if (this.beatMisses > 1 && this.state.pending === 0) this.happen({ type: "failed", tries: this.beatMisses });
  }

  private showTime(): void {
    const remaining = this.clock.remaining();
    if (remaining === undefined) return;
    const seconds = shownSeconds(remaining);
    const before = this.secondsShown;
    if (seconds === before) return;
    this.secondsShown = seconds;
    this.view.time(formatSeconds(seconds), seconds <= SHORT_SECONDS, this.clock.estimated);
    const threshold = before === undefined ? undefined : crossedThreshold(before, seconds);
    if (threshold !== undefined) this.view.announce(this.say("left_minutes", { minutes: threshold / 60 }));
    if (this.clock.estimated) return;
    if (seconds === 0 && (this.state.phase === "writing" || this.state.phase === "handing_in")) void this.timeUp();
  }

  /** Asks the server once more before the end is believed: an extension may have come. */
  private async timeUp(): Promise<void> {
    await this.hello();
    if ((this.clock.remaining() ?? 0) > 0) return;
    this.submitTries = 0;
    this.happen({ type: "closed" });
    this.view.announce(this.say("time_up"));
    await this.trySubmit();
  }

  /** A screen reader hears when the connection is lost and when all has arrived, not each saved answer. */
  private announceDelivery(before: State): void {
    if (before.tries <= 1 && this.state.tries > 1) this.view.announce(this.say(this.state.durable ? "network_lost" : "network_lost_memory"));
    if (before.tries > 1 && this.state.tries === 0) this.view.announce(this.say("network_back"));
  }
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Some browsers inside other applications have no voice at all, or the object without its words. */
function canSpeak(): boolean {
  return typeof window.speechSynthesis?.speak === "function" && typeof window.SpeechSynthesisUtterance === "function";
}

function readOut(item: Item): void {
  const words = plainText([item.stem, ...(item.parts ?? []).map((part) => part.stem), ...item.options.map((option) => `${option.label}。${option.text}`)].join("。"));
  speechSynthesis.cancel();
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.lang = "zh-CN";
  speechSynthesis.speak(spoken);
}

const root = document.getElementById("sitting");
const source = document.getElementById("sitting-config");
if (root && source?.textContent) {
  const config = JSON.parse(source.textContent) as Config;
  void openStore(typeof indexedDB === "undefined" ? undefined : indexedDB)
    .then((store) => new Sitting(config, store, root, textsFrom(root)).begin());
}
