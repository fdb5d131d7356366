import { attachOnce } from "./attach.ts";

/** data-focus: what a person must read first after the page has loaded, such as an error summary. */
export function attachFocus(root: ParentNode): void {
  attachOnce(root, "data-focus", (element) => element.focus());
}
