import { attachOnce } from "./attach.ts";

type Draft = Record<string, string>;

function typedFields(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
  return Array.from(form.querySelectorAll<HTMLInputElement>("input[type=text], input[type=date], input[type=number], textarea, select"))
    .filter((field) => field.name && field.dataset.noDraft === undefined);
}

function read(key: string): Draft {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}") as Draft;
  } catch {
    return {};
  }
}

/** data-draft="key": what was typed into a long form survives a reload in this tab, until the form is sent. */
export function attachDraft(root: ParentNode): void {
  attachOnce(root, "data-draft", (element) => {
    const form = element as HTMLFormElement;
    const key = `draft:${form.dataset.draft}`;
    const kept = read(key);
    for (const field of typedFields(form)) {
      if (field.value === "" && kept[field.name]) field.value = kept[field.name] as string;
    }
    form.addEventListener("input", () => {
      const draft = Object.fromEntries(typedFields(form).map((field) => [field.name, field.value]));
      try {
        sessionStorage.setItem(key, JSON.stringify(draft));
      } catch {
        // Storage is full or closed: the form itself still works.
      }
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  });
}
