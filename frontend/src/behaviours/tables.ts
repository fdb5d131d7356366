import { attachOnce } from "./attach.ts";

/** Whether a table needs its box to scroll sideways; half a pixel of rounding is no reason. */
export function fits(contentWidth: number, boxWidth: number): boolean {
  return contentWidth <= boxWidth + 1;
}

/**
 * role="region" boxes of tables: a box that scrolls sideways cannot let its head stick to the top of the page, so only a
 * table that is too wide keeps the scrolling, and only then is the box a stop of the Tab key.
 */
export function attachTables(root: ParentNode): void {
  attachOnce(root, "role", (box) => {
    if (!box.classList.contains("ck-table-box")) return;
    const table = box.querySelector("table");
    if (!table) return;
    const update = (): void => {
      const fitting = fits(table.offsetWidth, box.clientWidth);
      box.classList.toggle("is-fitting", fitting);
      if (fitting) box.removeAttribute("tabindex");
      else box.tabIndex = 0;
    };
    update();
    window.addEventListener("resize", update);
  });
}
