import { attachOnce } from "./attach.ts";

/** data-menu: a details element that closes on Escape and when one looks elsewhere. */
export function attachMenu(root: ParentNode): void {
  attachOnce(root, "data-menu", (element) => {
    const menu = element as HTMLDetailsElement;
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
    document.addEventListener("click", (event) => {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    });
  });
}
