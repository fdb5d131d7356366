import { attachOnce } from "./attach.ts";

/** data-reload="seconds": a page shown on a wall asks for itself again, but not while it is hidden. */
export function attachPoll(root: ParentNode): void {
  attachOnce(root, "data-reload", (element) => {
    const seconds = Math.max(2, Number(element.dataset.reload) || 10);
    setInterval(() => {
      if (!document.hidden && navigator.onLine !== false) window.location.reload();
    }, seconds * 1000);
  });
}
