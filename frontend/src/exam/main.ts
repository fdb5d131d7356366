import { copyText } from "../behaviours/copy.ts";
import { Api, Failure, numbersIn, type Urls } from "./api.ts";
import { crossedThreshold, formatSeconds, JumpWatch, ServerClock, shownSeconds, timeOfDay } from "./clock.ts";
import { answerHash, freshId, type Hello, type Item, type Opened, type Receipt } from "./messages.ts";
import { backOff, Outbox, rescueFile, type News } from "./outbox.ts";
import { answerAfter, INITIAL, reduce, type Happening, type State } from "./state.ts";
import { openStore, type Store } from "./store.ts";
import { clientId, tabLock, type TabLock } from "./tabs.ts";
import { textsFrom, type Say } from "./texts.ts";
import { View } from "./view.ts";

interface Config {
  attempt: string;
  urls: Urls;
  title: string;
}

const TICK_MS = 500;
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
    const { flags = [], fontSize = 0, current = 0 } = memory ?? {};
    this.happen({ type: "remembered", flags, fontSize, current, durable: this.store.durable });
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
      choose: (item, option, on) => this.answer(item, answerAfter(item, this.state.answers[item.id] ?? null, option, on)),
      clear: (item) => this.answer(item, null),
      move: (to) => this.rememberAfter({ type: "moved", to }),
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

  private rememberAfter(event: Happening): void {
    this.happen(event);
    this.remember();
  }

  private remember(): void {
    const { flags, fontSize, current } = this.state;
    this.store.remember({ attempt: this.config.attempt, cid: this.cid, flags, fontSize, current }).catch(() => undefined);
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
    this.lastHello = mono();
    if (opened.done_url) this.config.urls.done = opened.done_url;
    if (opened.state !== "open") this.happen({ type: "closed" });
    this.tick();
  }

  private async onOpenFailed(failure: Failure, takeover: boolean, tries: number): Promise<void> {
    if (failure.code === "lease_held") return this.happen({ type: "held", message: failure.message || this.say("held_device") });
    if (failure.kind === "refused") return this.happen({ type: "refused", message: failure.message });
    if (failure.kind === "signed_out") return this.signedOut();
    this.happen({ type: "failed", tries });
    await new Promise<void>((resolve) => void later(resolve, backOff(tries, Math.random())));
    return this.open(takeover, tries);
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
    if (code === "lease_unknown") return this.happen({ type: "held", message: this.say("held_device") });
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
    if (hello.state !== "open") this.happen({ type: "closed" });
    else if ((this.clock.remaining() ?? 0) > 0) this.happen({ type: "reopened" });
    this.outbox.wake();
  }

  private handIn(): void {
    this.happen({ type: "hand_in" });
    this.submitTries = 0;
    this.submitNotBefore = 0;
    this.outbox.wake();
    void this.trySubmit();
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
    this.showTime();
    void this.trySubmit();
  }

  private showTime(): void {
    const remaining = this.clock.remaining();
    if (remaining === undefined) return;
    const seconds = shownSeconds(remaining);
    const before = this.secondsShown;
    if (seconds === before) return;
    this.secondsShown = seconds;
    this.view.time(formatSeconds(seconds), seconds <= SHORT_SECONDS);
    const threshold = before === undefined ? undefined : crossedThreshold(before, seconds);
    if (threshold !== undefined) this.view.announce(this.say("left_minutes", { minutes: threshold / 60 }));
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

const root = document.getElementById("sitting");
const source = document.getElementById("sitting-config");
if (root && source?.textContent) {
  const config = JSON.parse(source.textContent) as Config;
  void openStore(typeof indexedDB === "undefined" ? undefined : indexedDB)
    .then((store) => new Sitting(config, store, root, textsFrom(root)).begin());
}
