// Shows the state. Elements are changed in place, so that neither focus nor a half-read question is lost.
import { countOf, FONT_SIZES, markOf, mayAnswer, saveLine, type ItemStatus, type State } from "./state.ts";
import { timeOfDay } from "./clock.ts";
import { controlsOf, type Controls } from "./controls.ts";
import type { Answer, Item } from "./messages.ts";
import { fillRich } from "./rich.ts";
import type { Say, TextKey } from "./texts.ts";

export interface Wishes {
  /** The whole answer of an item, null when it was emptied. */
  answer: (item: Item, answer: Answer) => void;
  clear: (item: Item) => void;
  move: (to: number) => void;
  flag: (item: Item) => void;
  font: (size: number) => void;
  toggleCard: () => void;
  together: (on: boolean) => void;
  look: (at: number) => void;
  /** Resolves to nothing when it was recorded, else to the sentence that says why not. */
  reportFault: (item: Item, text: string) => Promise<string>;
  readAloud: (item: Item) => void;
  review: () => void;
  backToQuestions: () => void;
  submit: () => void;
  takeOver: () => void;
  retry: () => void;
  signedInAgain: () => void;
  putOffSignIn: (putOff: boolean) => void;
  cancelSubmit: () => void;
  saveRescue: () => void;
  copyRescue: () => Promise<boolean>;
  saveReceipt: () => void;
  copyReceipt: () => Promise<boolean>;
}

const SIGNS: Record<ItemStatus, string> = { empty: "○", typing: "✎", kept: "●", saved: "✔", late: "!" };

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = "", ...children: Node[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

function button(className: string, text: string, run: () => void): HTMLButtonElement {
  const element = make("button", `btn ${className}`, text);
  element.type = "button";
  element.addEventListener("click", run);
  return element;
}

function fillWith(parent: HTMLElement, ...children: Node[]): void {
  parent.textContent = "";
  parent.append(...children);
}

function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export class View {
  private readonly root: HTMLElement;
  private readonly say: Say;
  private readonly wishes: Wishes;
  private shownItem = "";
  private shownPaper = "";
  private shownPlace = "";
  private shownReview = "";
  private shownStatus = "";
  private readonly blocks: Block[] = [];
  private blocksOf = "";
  private controls: Controls | undefined;
  private faultItem: Item | undefined;
  private faultFrom: HTMLElement | undefined;

  constructor(root: HTMLElement, say: Say, wishes: Wishes) {
    this.root = root;
    this.say = say;
    this.wishes = wishes;
    this.bind();
  }

  private part<T extends HTMLElement = HTMLElement>(id: string): T {
    const element = this.root.querySelector<T>(`#${id}`);
    if (!element) throw new Error(`the page lacks #${id}`);
    return element;
  }

  private bind(): void {
    const on = (id: string, run: () => void): void => this.part(id).addEventListener("click", run);
    on("card-button", this.wishes.toggleCard);
    on("card-submit", this.wishes.review);
    on("sign-in-again", this.wishes.signedInAgain);
    on("sign-in-later", () => this.wishes.putOffSignIn(true));
    on("notice-button", () => this.wishes.putOffSignIn(false));
    on("together", () => this.wishes.together(true));
    on("one-by-one", () => this.wishes.together(false));
    on("fault-cancel", () => this.closeFault());
    this.part("fault-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.sendFault();
    });
    this.part("fault").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeFault();
    });
  }

  /** Binds what needs to know the present question. */
  bindQuestion(present: () => { item: Item; index: number; last: boolean } | undefined, state: () => State): void {
    const on = (id: string, run: (now: { item: Item; index: number; last: boolean }) => void): void =>
      this.part(id).addEventListener("click", () => {
        const now = present();
        if (now) run(now);
      });
    on("previous", (now) => this.wishes.move(now.index - 1));
    on("next", (now) => (now.last || state().together ? this.wishes.review() : this.wishes.move(now.index + 1)));
    on("report", (now) => this.openFault(now.item));
    on("aloud", (now) => this.wishes.readAloud(now.item));
    on("flag", (now) => this.wishes.flag(now.item));
    on("clear", (now) => this.wishes.clear(now.item));
    on("font-up", () => this.wishes.font(nextSize(state().fontSize, 1)));
    on("font-down", () => this.wishes.font(nextSize(state().fontSize, -1)));
    on("sheet-font-up", () => this.wishes.font(nextSize(state().fontSize, 1)));
    on("sheet-font-down", () => this.wishes.font(nextSize(state().fontSize, -1)));
  }

  /** Time left, as text; called each second. `about` while only this device's clock vouches for it. */
  time(text: string, short: boolean, about: boolean): void {
    setText(this.part("time"), about ? this.say("about", { time: text }) : text);
    this.part("time").classList.toggle("is-short", short);
  }

  announce(text: string): void {
    setText(this.part("announce"), text);
  }

  /** Who and when, faintly over the paper: a photograph of the screen names its maker. Drawn, so that no style is inline. */
  watermark(label: string): void {
    const place = this.part("mark");
    if (place.dataset.label === label) return;
    place.dataset.label = label;
    const svg = drawn("svg", { width: "100%", height: "100%" });
    const pattern = drawn("pattern", { id: "mark-pattern", width: "260", height: "150", patternUnits: "userSpaceOnUse", patternTransform: "rotate(-24)" });
    const text = drawn("text", { x: "10", y: "80", "font-size": "15", fill: "currentColor" });
    text.textContent = label;
    pattern.append(text);
    svg.append(pattern, drawn("rect", { width: "100%", height: "100%", fill: "url(#mark-pattern)" }));
    fillWith(place, svg);
  }

  /** Reading aloud, to whom it was granted; where this browser cannot speak it says whom to ask. */
  offerReading(granted: boolean, able: boolean): void {
    this.part("aloud").hidden = !(granted && able);
    this.part("aloud-none").hidden = !granted || able;
  }

  /** Brings a question of the whole paper into sight. */
  goTo(index: number): void {
    const block = this.blocks[index];
    block?.title.focus({ preventScroll: true });
    block?.root.scrollIntoView({ block: "start" });
  }

  show(state: State): void {
    this.root.dataset.phase = state.phase;
    this.root.dataset.font = String(state.fontSize);
    const working = state.phase === "writing" && state.paper !== undefined;
    const reviewing = state.phase === "handing_in" || state.phase === "closed" || (working && state.screen === "review");
    const asking = working && state.screen !== "review";
    this.part("question").hidden = !(asking && !state.together);
    this.part("sheet").hidden = !(asking && state.together);
    this.part("together").hidden = state.together;
    this.part("one-by-one").hidden = !state.together;
    this.part("review").hidden = !reviewing;
    this.part("status").hidden = working || reviewing;
    this.part("foot").hidden = !(working && state.screen === "question");
    this.root.dataset.screen = working ? state.screen : reviewing ? "review" : "status";
    this.part("card").hidden = !working;
    this.part("card-button").hidden = !working;
    this.part("card-button").setAttribute("aria-expanded", String(state.screen === "card"));
    this.showSaveLine(state);
    this.showNotice(state);
    this.showSignIn(state);
    if (state.paper) this.showCard(state);
    if (working && state.together) this.showSheet(state);
    else if (working) this.showQuestion(state);
    if (reviewing) this.showReview(state);
    if (!working && !reviewing) this.showStatus(state);
    this.moveFocus(state);
  }

  private showSaveLine(state: State): void {
    const line = saveLine(state);
    const place = this.part("save-line");
    place.dataset.word = line.word;
    const text = `${line.sign} ${this.say(`line_${line.word}` as TextKey, { count: line.count, time: state.lastSaved })}`;
    setText(place, state.paper ? text : "");
  }

  private showNotice(state: State): void {
    const notice = this.part("notice");
    const text = state.signedOut ? this.say("signed_out") : state.notKept ? this.say("not_kept") : state.message && state.phase === "writing" ? state.message
      : state.phase === "writing" && state.tries > 1 ? this.say(state.durable ? "network_lost" : "network_lost_memory")
      : !state.durable && state.phase === "writing" ? this.say("not_durable") : "";
    notice.hidden = text === "";
    setText(this.part("notice-text"), text);
    this.part("notice-button").hidden = !state.signedOut;
  }

  private showSignIn(state: State): void {
    const overlay = this.part("sign-in");
    const shown = state.signedOut && !state.signInPutOff && state.phase !== "finished";
    if (overlay.hidden === !shown) return;
    overlay.hidden = !shown;
    for (const sibling of Array.from(this.root.children)) {
      if (sibling !== overlay) sibling.toggleAttribute("inert", shown);
    }
    if (shown) this.part("sign-in-link").focus();
  }

  private showCard(state: State): void {
    const paper = state.paper!;
    const cells = this.part("cells");
    if (this.shownPaper !== paper.paper + paper.items.length) {
      this.shownPaper = paper.paper + paper.items.length;
      fillWith(cells, ...sections(paper.items).map(([name, items]) => this.cardSection(name, items)));
      setText(this.part("paper-line"), this.say("paper_line", { total: paper.total, pass: paper.pass }));
    }
    paper.items.forEach((item, index) => this.showCell(state, item, index));
    const count = countOf(state);
    setText(this.part("card-count"), `${count.answered}/${count.all}`);
    const bar = this.part<HTMLProgressElement>("done-bar");
    bar.max = Math.max(1, count.all);
    bar.value = count.answered;
  }

  private cardSection(name: string, items: [Item, number][]): HTMLElement {
    const list = make("div", "cs-cell-row");
    for (const [item, index] of items) {
      const cell = button("cs-cell", "", () => this.wishes.move(index));
      cell.id = `cell-${index}`;
      cell.append(make("b", "", String(item.number)), make("span", "cs-cell-sign"), make("span", "cs-cell-flag"));
      for (const child of Array.from(cell.children)) child.setAttribute("aria-hidden", "true");
      list.append(cell);
    }
    return make("div", "cs-cell-section", "", ...(name ? [make("h3", "", name)] : []), list);
  }

  private showCell(state: State, item: Item, index: number): void {
    const cell = this.part(`cell-${index}`);
    const status = markOf(state, item.id).status;
    const flagged = state.flags.includes(item.id);
    cell.dataset.status = status;
    setText(cell.children[1]!, SIGNS[status]);
    setText(cell.children[2]!, flagged ? "⚑" : "");
    const words = [this.say(status), ...(flagged ? [this.say("flagged")] : [])].join(" ");
    cell.setAttribute("aria-label", this.say("cell", { number: item.number, state: words }));
    if (index === state.current && state.screen !== "review") cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
  }

  private showQuestion(state: State): void {
    const items = state.paper!.items;
    const item = items[state.current];
    if (!item) return;
    if (this.shownItem !== item.id) this.buildQuestion(item, items.length);
    const answer = state.answers[item.id] ?? [];
    this.controls?.show(state.answers[item.id] ?? null, mayAnswer(state));
    this.showItemState(this.part("item-state"), state, item);
    this.part("clear").hidden = answer.length === 0;
    const flagged = state.flags.includes(item.id);
    this.part("flag").setAttribute("aria-pressed", String(flagged));
    setText(this.part("flag").querySelector("span")!, this.say(flagged ? "flagged" : "flag"));
    this.part<HTMLButtonElement>("previous").hidden = false;
    this.part<HTMLButtonElement>("previous").disabled = state.current === 0;
    setText(this.part("next").querySelector("span")!, this.say(state.current === items.length - 1 ? "to_review" : "next"));
    this.part<HTMLButtonElement>("font-up").disabled = state.fontSize === nextSize(state.fontSize, 1);
    this.part<HTMLButtonElement>("font-down").disabled = state.fontSize === nextSize(state.fontSize, -1);
  }

  private showSheet(state: State): void {
    const paper = state.paper!;
    if (this.blocksOf !== paper.paper) {
      this.blocksOf = paper.paper;
      this.blocks.splice(0, this.blocks.length, ...paper.items.map((item, index) => this.block(item, index, paper.items.length)));
      fillWith(this.part("sheet-list"), ...this.blocks.map((block) => block.root));
    }
    paper.items.forEach((item, index) => this.showBlock(state, item, this.blocks[index]!));
    this.part<HTMLButtonElement>("previous").hidden = true;
    setText(this.part("next").querySelector("span")!, this.say("to_review"));
    this.part<HTMLButtonElement>("sheet-font-up").disabled = state.fontSize === nextSize(state.fontSize, 1);
    this.part<HTMLButtonElement>("sheet-font-down").disabled = state.fontSize === nextSize(state.fontSize, -1);
  }

  private block(item: Item, index: number, all: number): Block {
    const title = make("h2", "cs-sheet-title", this.say("question_title", { number: item.number, all }));
    title.tabIndex = -1;
    title.append(make("span", "cs-kind", this.say("question_kind", { section: item.section, mark: item.mark })));
    const flag = button("btn-quiet btn-sm", this.say("flag"), () => this.wishes.flag(item));
    const fault = button("btn-link btn-sm", this.say("fault_open"), () => this.openFault(item));
    const clear = button("btn-link btn-sm", this.part("clear").textContent?.trim() ?? "", () => this.wishes.clear(item));
    const state = make("p", "cs-item-state");
    state.id = `sheet-state-${index}`;
    const controls = controlsOf(item, "sheet", this.say, (answer) => this.wishes.answer(item, answer));
    const stem = make("legend", "cs-stem");
    fillRich(stem, item.stem);
    const field = make("fieldset", "cs-options", "", stem, make("p", "cs-hint", this.hint(item)), controls.root);
    field.setAttribute("aria-describedby", state.id);
    const root = make("section", "cs-question cs-sheet-block", "", make("div", "cs-question-head", "", title, flag), field, make("div", "cs-item-foot", "", state, make("span", "", "", clear, fault)));
    root.addEventListener("focusin", () => this.wishes.look(index));
    return { root, title, controls, state, flag, clear };
  }

  private showBlock(state: State, item: Item, block: Block): void {
    const answer = state.answers[item.id] ?? [];
    block.controls.show(state.answers[item.id] ?? null, mayAnswer(state));
    this.showItemState(block.state, state, item);
    block.clear.hidden = answer.length === 0;
    const flagged = state.flags.includes(item.id);
    block.flag.setAttribute("aria-pressed", String(flagged));
    setText(block.flag, this.say(flagged ? "flagged" : "flag"));
  }

  private showItemState(place: HTMLElement, state: State, item: Item): void {
    const mark = markOf(state, item.id);
    place.dataset.status = mark.status;
    const word = mark.status === "saved" && mark.at ? this.say("saved_at", { time: mark.at }) : this.say(mark.status);
    setText(place, `${SIGNS[mark.status]} ${word}`);
  }

  private hint(item: Item): string {
    const hints: Partial<Record<Item["input"], TextKey>> = { radio: "choose_one", checkbox: "choose_many", match: "hint_match", order: "hint_order", case: "hint_case" };
    return this.say(hints[item.input] ?? "hint_text");
  }

  private openFault(item: Item): void {
    this.faultFrom = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    if (this.faultItem !== item) this.part<HTMLTextAreaElement>("fault-text").value = "";
    this.faultItem = item;
    setText(this.part("fault-title"), this.say("fault_for", { number: item.number }));
    setText(this.part("fault-state"), "");
    this.setFault(true);
    this.part("fault-text").focus();
  }

  private closeFault(): void {
    this.setFault(false);
    this.faultFrom?.focus();
  }

  private setFault(shown: boolean): void {
    const overlay = this.part("fault");
    overlay.hidden = !shown;
    for (const sibling of Array.from(this.root.children)) {
      if (sibling !== overlay) sibling.toggleAttribute("inert", shown);
    }
  }

  /** The text stays in its field until it is recorded: without network the candidate sends it again later. */
  private async sendFault(): Promise<void> {
    const field = this.part<HTMLTextAreaElement>("fault-text");
    const send = this.part<HTMLButtonElement>("fault-send");
    if (!this.faultItem || send.disabled) return;
    send.disabled = true;
    setText(this.part("fault-state"), this.say("fault_sending"));
    const problem = await this.wishes.reportFault(this.faultItem, field.value);
    send.disabled = false;
    setText(this.part("fault-state"), problem);
    if (problem) return;
    field.value = "";
    this.closeFault();
    this.announce(this.say("fault_sent"));
  }

  private buildQuestion(item: Item, all: number): void {
    this.shownItem = item.id;
    const title = this.part("question-title");
    const kind = this.say("question_kind", { section: item.section, mark: item.mark });
    fillWith(title, document.createTextNode(this.say("question_title", { number: item.number, all })), make("span", "cs-kind", kind));
    fillRich(this.part("stem"), item.stem);
    setText(this.part("hint"), this.hint(item));
    this.controls = controlsOf(item, "item", this.say, (answer) => this.wishes.answer(item, answer));
    fillWith(this.part("choices"), this.controls.root);
  }

  private showReview(state: State): void {
    const count = countOf(state);
    const key = [state.phase, state.pending, state.tries > 0, state.message, count.unanswered.map((item) => item.id).join(), state.flags.join()].join("|");
    if (this.shownReview === key) return;
    this.shownReview = key;
    const closed = state.phase === "closed";
    setText(this.part("review-title"), closed ? this.say("closed_title") : state.phase === "handing_in" ? this.say("submitting") : this.say("review_title"));
    const parts: Node[] = [];
    if (state.message) parts.push(make("p", "cs-warn", state.message));
    parts.push(make("p", "cs-figure", this.say("review_answered", { answered: count.answered, unanswered: count.unanswered.length })));
    if (!closed && state.phase !== "handing_in") parts.push(...this.jumpList("review_unanswered", count.unanswered, state), ...this.jumpList("review_flagged", count.flagged, state));
    parts.push(...this.deliveryLine(state));
    if (state.phase === "writing") {
      parts.push(make("p", "", this.say("review_once")));
      parts.push(make("div", "ck-form-actions", "", button("btn-primary btn-lg", this.say("submit"), this.wishes.submit), button("btn-quiet btn-lg", this.say("review_back"), this.wishes.backToQuestions)));
    }
    if (state.phase === "handing_in" && state.pending > 0) {
      parts.push(make("div", "ck-form-actions", "", button("btn-quiet btn-lg", this.say("review_back"), this.wishes.cancelSubmit)));
    }
    if (state.pending > 0 && state.tries > 0) parts.push(this.rescue());
    fillWith(this.part("review-body"), ...parts);
  }

  private deliveryLine(state: State): Node[] {
    if (state.phase === "closed") {
      return [make("p", state.pending ? "cs-warn" : "cs-good", this.say(state.pending ? "closed_waiting" : "closed_done", { count: state.pending }))];
    }
    if (state.phase !== "handing_in") return [];
    return [make("p", "cs-warn", this.say(state.pending ? "waiting" : "waiting_server", { count: state.pending }))];
  }

  private jumpList(title: TextKey, items: Item[], state: State): Node[] {
    if (items.length === 0) return [];
    const row = make("div", "cs-cell-row");
    for (const item of items) {
      const index = state.paper!.items.indexOf(item);
      const cell = button("cs-cell", String(item.number), () => this.wishes.move(index));
      cell.setAttribute("aria-label", this.say("cell", { number: item.number, state: this.say(title === "review_flagged" ? "flagged" : "empty") }));
      row.append(cell);
    }
    return [make("h3", "", this.say(title)), row];
  }

  private rescue(): HTMLElement {
    const copy = button("btn-quiet", this.say("rescue_copy"), () => {
      void this.wishes.copyRescue().then((copied) => copied && setText(copy, this.say("copied")));
    });
    const details = make("details", "cs-rescue", "", make("summary", "", this.say("rescue_title")), make("p", "", this.say("rescue_body")));
    details.append(make("div", "ck-form-actions", "", button("btn-quiet", this.say("rescue_save"), this.wishes.saveRescue), copy));
    return details;
  }

  private showStatus(state: State): void {
    const key = [state.phase, state.message, state.tries > 0, state.finalReceipt].join("|");
    if (this.shownStatus === key) return;
    this.shownStatus = key;
    const title = { connecting: "connecting_title", held: "held_title", finished: "finished_title" }[state.phase as string] ?? "refused_title";
    setText(this.part("status-title"), this.say(title as TextKey));
    fillWith(this.part("status-body"), ...this.statusParts(state));
  }

  private statusParts(state: State): Node[] {
    if (state.phase === "finished") return this.finishedParts(state);
    if (state.phase === "held") {
      return [make("p", "", state.message), make("div", "ck-form-actions", "", button("btn-primary btn-lg", this.say("take_over"), this.wishes.takeOver))];
    }
    if (state.phase === "connecting") {
      return [make("p", "", this.say("connecting_body")), ...(state.tries > 0 ? [make("p", "cs-warn", this.say("connecting_failed"))] : [])];
    }
    const back = make("a", "btn btn-quiet btn-lg", this.say("back"));
    back.href = state.doneUrl || "/";
    return [make("p", "", state.message), make("div", "ck-form-actions", "", button("btn-primary btn-lg", this.say("again"), this.wishes.retry), back)];
  }

  private finishedParts(state: State): Node[] {
    const receipt = receiptFields(state.finalReceipt);
    const copy = button("btn-quiet btn-lg", this.say("receipt_copy"), () => {
      void this.wishes.copyReceipt().then((copied) => copied && setText(copy, this.say("copied")));
    });
    const go = make("a", "btn btn-primary btn-lg", this.say("finished_go"));
    go.href = state.doneUrl || "/";
    const at = Date.parse(receipt.submitted_at ?? "");
    return [
      make("p", "", this.say("finished_body")),
      ...(Number.isNaN(at) ? [] : [make("p", "cs-figure", this.say("finished_at", { time: timeOfDay(at) }))]),
      make("p", "cs-hash ck-mono", receipt.answers_root ?? ""),
      make("div", "ck-form-actions", "", go, button("btn-quiet btn-lg", this.say("receipt_save"), this.wishes.saveReceipt), copy),
    ];
  }

  /** Shows the warning before the start and resolves when it was understood. */
  warn(): Promise<void> {
    setText(this.part("status-title"), this.say("warn_title"));
    return new Promise((resolve) => {
      const go = button("btn-primary btn-lg", this.say("warn_go"), () => {
        this.shownStatus = "";
        resolve();
      });
      fillWith(this.part("status-body"), make("p", "cs-warn", this.say("warn_body")), make("div", "ck-form-actions", "", go));
    });
  }

  /** A new place is read from its heading; the same place keeps its focus. */
  private moveFocus(state: State): void {
    const screen = this.root.dataset.screen ?? "";
    const place = screen === "question" ? (state.together ? "sheet" : `question ${state.current}`) : screen;
    if (place === this.shownPlace) return;
    const first = this.shownPlace === "";
    this.shownPlace = place;
    if (first) return;
    if (place === "sheet") return this.goTo(state.current);
    const heading = { question: "question-title", card: "card-title", review: "review-title" }[screen] ?? "status-title";
    const element = this.part(heading);
    element.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

interface Block {
  root: HTMLElement;
  title: HTMLElement;
  controls: Controls;
  state: HTMLElement;
  flag: HTMLButtonElement;
  clear: HTMLButtonElement;
}

function drawn(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function nextSize(size: number, step: 1 | -1): number {
  const place = FONT_SIZES.indexOf(size as (typeof FONT_SIZES)[number]);
  return FONT_SIZES[Math.min(FONT_SIZES.length - 1, Math.max(0, place + step))]!;
}

/** Items by section in paper order, each with its place in the paper; where kinds are mixed, one section without name. */
export function sections(items: Item[]): [string, [Item, number][]][] {
  const found: [string, [Item, number][]][] = [];
  items.forEach((item, index) => {
    const last = found[found.length - 1];
    if (last && last[0] === item.section) last[1].push([item, index]);
    else found.push([item.section, [[item, index]]]);
  });
  const mixed = found.length > new Set(items.map((item) => item.section)).size;
  return mixed ? [["", items.map((item, index): [Item, number] => [item, index])]] : found;
}

export function receiptFields(text: string): { submitted_at?: string; answers_root?: string } {
  try {
    return JSON.parse(text) as { submitted_at?: string; answers_root?: string };
  } catch {
    return {};
  }
}
