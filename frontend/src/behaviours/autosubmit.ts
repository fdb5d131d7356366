import { attachOnce } from "./attach.ts";

/** data-autosubmit: a filter form that applies a chosen option at once; typed text waits for Enter or the button. */
export function attachAutosubmit(root: ParentNode): void {
  attachOnce(root, "data-autosubmit", (element) => {
    const form = element as HTMLFormElement;
    form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) form.requestSubmit ? form.requestSubmit() : form.submit();
    });
    // Empty filters do not belong in an address that people pass on.
    form.addEventListener("submit", () => {
      for (const field of Array.from(form.elements) as HTMLInputElement[]) {
        if (field.name && field.value === "") field.disabled = true;
      }
      setTimeout(() => {
        for (const field of Array.from(form.elements) as HTMLInputElement[]) field.disabled = false;
      });
    });
  });
}
