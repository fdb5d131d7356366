import { attachOnce } from "./attach.ts";

/** data-opens="id": a link to a folded part of the page unfolds it in place; without script its address does. */
export function attachOpens(root: ParentNode): void {
  attachOnce(root, "data-opens", (link) => {
    const part = document.getElementById(link.dataset.opens ?? "");
    if (!part) return;
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
    link.setAttribute("aria-controls", part.id);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const open = part.classList.toggle("is-open");
      link.setAttribute("aria-expanded", String(open));
    });
    link.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        link.click();
      }
    });
  });
}
