import { attachOnce } from "./attach.ts";

/** Groups of eight read well and still wrap on a phone. */
export function grouped(hash: string): string[] {
  return hash.trim().match(/.{1,8}/g) ?? [];
}

/** data-hash: shows a long hash in groups; selecting and copying it still gives the hash alone. */
export function attachHash(root: ParentNode): void {
  attachOnce(root, "data-hash", (element) => {
    const parts = grouped(element.textContent ?? "").map((part) => {
      const span = document.createElement("span");
      span.textContent = part;
      return span;
    });
    element.textContent = "";
    element.append(...parts);
  });
}
