/** Whether a table needs its box to scroll sideways; half a pixel of rounding is no reason. */
export function fits(contentWidth: number, boxWidth: number): boolean {
  return contentWidth <= boxWidth + 1;
}

const attached = new WeakSet<Element>();

function attach(box: HTMLElement, table: HTMLElement): void {
  const label = box.getAttribute("aria-label") ?? "";
  const set = (name: string, value: string, on: boolean): void => (on && value ? box.setAttribute(name, value) : box.removeAttribute(name));
  const update = (): void => {
    const fitting = fits(table.offsetWidth, box.clientWidth);
    box.classList.toggle("is-fitting", fitting);
    set("tabindex", "0", !fitting);
    set("role", "region", !fitting);
    set("aria-label", label, !fitting);
  };
  update();
  window.addEventListener("resize", update);
}

/**
 * Boxes of tables (class ck-table-box): one that scrolls sideways cannot let its head stick to the top of the page, so
 * only a table that is too wide keeps the scrolling, and only then is the box a region and a stop of the Tab key.
 */
export function attachTables(root: ParentNode): void {
  for (const box of Array.from(root.querySelectorAll<HTMLElement>(".ck-table-box"))) {
    const table = box.querySelector("table");
    if (!table || attached.has(box)) continue;
    attached.add(box);
    attach(box, table);
  }
}
