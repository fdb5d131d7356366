import { attachOnce } from "./attach.ts";

/** data-once: a form that is sent once however often the button is pressed. */
export function attachOnceOnly(root: ParentNode): void {
  attachOnce(root, "data-once", (form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
      // An answer that is a file leaves this page where it is; it may be asked for again.
      setTimeout(() => (sent = false), 10_000);
    });
    // Coming back from the next page by the back button shows the same document again.
    window.addEventListener("pageshow", () => (sent = false));
  });
}
