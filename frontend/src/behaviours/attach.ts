/** Runs once for every element below `root` that carries the attribute; safe to call again after a swap. */
export function attachOnce(root: ParentNode, attribute: string, attach: (element: HTMLElement) => void): void {
  const mark = `${attribute}-attached`;
  const found = Array.from(root.querySelectorAll<HTMLElement>(`[${attribute}]`));
  if (root instanceof HTMLElement && root.hasAttribute(attribute)) found.unshift(root);
  for (const element of found) {
    if (element.hasAttribute(mark)) continue;
    element.setAttribute(mark, "");
    attach(element);
  }
}
