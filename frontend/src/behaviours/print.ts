import { attachOnce } from "./attach.ts";

/** data-print: a button that prints the page. */
export function attachPrint(root: ParentNode): void {
  attachOnce(root, "data-print", (button) => button.addEventListener("click", () => window.print()));
}
