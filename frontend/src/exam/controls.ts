// What a question is answered with. Choices answer with option ids; all other kinds with `place=value` entries
// (docs/answers.md): blanks, a number with its unit, a long text, pairs, an order, and the parts of a case.
import type { Answer, Item, Option, Question } from "./messages.ts";
import { valuesOf, withPlace, withTick } from "./places.ts";
import { answerAfter } from "./state.ts";
import type { Say } from "./texts.ts";
import { fillRich, plainText } from "./rich.ts";

export interface Controls {
  root: HTMLElement;
  /** Shows an answer; a field that is being typed in keeps what is in it. */
  show: (answer: Answer, enabled: boolean) => void;
}

/** A pause in typing after which the text is an answer. */
const PAUSE_MS = 600;
export const MOST_TEXT = 2000;
export const MOST_BLANK = 200;

export function controlsOf(item: Item, group: string, say: Say, change: (answer: Answer) => void): Controls {
  if (item.input === "radio" || item.input === "checkbox") return choice(item, `${group}-${item.id}`, change);
  const form = new Places(`${group}-${item.id}`, say, change);
  if (item.input === "case") for (const part of item.parts ?? []) form.part(part);
  else form.question(item, "");
  return form;
}

function choice(item: Item, name: string, change: (answer: Answer) => void): Controls {
  const root = element("div", "");
  let present: Answer = null;
  const inputs = item.options.map((option) => tickBox(root, item.input, name, option, (on) => change(answerAfter(item, present, option.id, on))));
  return {
    root,
    show: (answer, enabled) => {
      present = answer;
      for (const input of inputs) setTick(input, (answer ?? []).includes(input.value), enabled);
    },
  };
}

/** Fields that each fill one place of one answer. */
class Places implements Controls {
  readonly root = element("div", "cs-places");
  private readonly name: string;
  private readonly say: Say;
  private readonly change: (answer: Answer) => void;
  private readonly fields: ((values: Record<string, string>, answer: Answer, enabled: boolean) => void)[] = [];
  private present: Answer = null;
  private names = 0;

  constructor(name: string, say: Say, change: (answer: Answer) => void) {
    this.name = name;
    this.say = say;
    this.change = change;
  }

  show(answer: Answer, enabled: boolean): void {
    this.present = answer;
    const values = valuesOf(answer);
    for (const field of this.fields) field(values, answer, enabled);
  }

  part(part: Question & { id: string }): void {
    const box = element("fieldset", "cs-part");
    const legend = element("legend", "cs-part-stem");
    fillRich(legend, part.stem);
    box.append(legend);
    this.root.append(box);
    if (part.input === "radio" || part.input === "checkbox") this.ticks(box, part, part.id);
    else this.question(part, `${part.id}.`, box);
  }

  question(question: Question, prefix: string, box: HTMLElement = this.root): void {
    switch (question.input) {
      case "text":
        for (let number = 1; number <= (question.blanks ?? 1); number += 1) this.text(box, prefix + number, this.say("blank", { number }), MOST_BLANK);
        return;
      case "number":
        this.text(box, `${prefix}value`, question.unit ? this.say("number_in", { unit: question.unit }) : this.say("number"), 40, "decimal");
        if (question.asks_unit) this.text(box, `${prefix}unit`, this.say("unit"), 20);
        return;
      case "textarea": return this.text(box, `${prefix}1`, this.say("your_text"), MOST_TEXT, "text", true);
      case "match":
        for (const option of question.options) this.pick(box, prefix + option.id, `${option.label}. ${option.text}`, question.targets ?? []);
        return;
      case "order": {
        const places = question.options.map((_, index) => `${prefix}${index + 1}`);
        places.forEach((place, index) => this.pick(box, place, this.say("order_place", { number: index + 1 }), question.options, places));
      }
    }
  }

  private set(place: string, value: string, group: string[] = []): void {
    this.present = withPlace(this.present, place, value, group);
    this.change(this.present);
  }

  private ticks(box: HTMLElement, part: Question, place: string): void {
    const inputs = part.options.map((option) => tickBox(box, part.input, `${this.name}-${place}`, option, (on) => {
      this.present = part.input === "radio" ? withPlace(this.present, place, on ? option.id : "") : withTick(this.present, place, option.id, on);
      this.change(this.present);
    }));
    this.fields.push((_, answer, enabled) => {
      for (const input of inputs) setTick(input, (answer ?? []).includes(`${place}=${input.value}`), enabled);
    });
  }

  private text(box: HTMLElement, place: string, label: string, most: number, mode = "text", long = false): void {
    const field = document.createElement(long ? "textarea" : "input");
    field.className = "form-control";
    field.maxLength = most;
    field.autocomplete = "off";
    field.spellcheck = false;
    if (field instanceof HTMLTextAreaElement) field.rows = 8;
    else field.inputMode = mode;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (): void => {
      clearTimeout(timer);
      if ((valuesOf(this.present)[place] ?? "") !== (field.value.trim() ? field.value : "")) this.set(place, field.value);
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, PAUSE_MS);
    });
    field.addEventListener("change", keep);
    window.addEventListener("pagehide", keep);
    this.labelled(box, field, label);
    this.fields.push((values, _, enabled) => {
      field.disabled = !enabled;
      const value = values[place] ?? "";
      if (document.activeElement !== field && field.value !== value) field.value = value;
    });
  }

  private pick(box: HTMLElement, place: string, label: string, options: Option[], group: string[] = []): void {
    const field = element("select", "form-select");
    field.append(entry(this.say("pick"), ""), ...options.map((option) => entry(`${option.label}. ${plainText(option.text)}`, option.id)));
    field.addEventListener("change", () => this.set(place, field.value, group));
    this.labelled(box, field, label);
    this.fields.push((values, _, enabled) => {
      field.disabled = !enabled;
      field.value = values[place] ?? "";
    });
  }

  private labelled(box: HTMLElement, field: HTMLElement, text: string): void {
    this.names += 1;
    field.id = `${this.name}-${this.names}`;
    const label = element("label", "form-label");
    fillRich(label, text);
    label.htmlFor = field.id;
    const row = element("div", "cs-place");
    row.append(label, field);
    box.append(row);
  }
}

function entry(text: string, value: string): HTMLOptionElement {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

function tickBox(box: HTMLElement, type: string, name: string, option: Option, changed: (on: boolean) => void): HTMLInputElement {
  const input = element("input", "");
  input.type = type;
  input.name = name;
  input.value = option.id;
  input.addEventListener("change", () => changed(input.checked));
  const label = element("label", "cs-option");
  const words = element("span", "");
  fillRich(words, option.text);
  label.append(input, element("b", "cs-option-label", option.label), words);
  box.append(label);
  return input;
}

function setTick(input: HTMLInputElement, on: boolean, enabled: boolean): void {
  input.checked = on;
  input.disabled = !enabled;
  input.parentElement?.classList.toggle("is-on", on);
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
