import { attachOnce } from "./attach.ts";

/** data-print: a button that prints the page. */
export function attachPrint(root: ParentNode): void {
  attachOnce(root, "data-print", (button) => button.addEventListener("click", () => window.print()));
}

/** On paper nobody can unfold a chart's table, so it is unfolded before. */
export function unfoldForPrint(): void {
  window.addEventListener("beforeprint", () => {
    for (const table of Array.from(document.querySelectorAll<HTMLDetailsElement>("figure details"))) table.open = true;
  });
}
