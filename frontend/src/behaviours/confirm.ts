import { attachOnce } from "./attach.ts";

/** data-confirm="name": the button works only once the name of the thing was typed; the server checks again. */
export function attachConfirm(root: ParentNode): void {
  attachOnce(root, "data-confirm", (form) => {
    const input = form.querySelector<HTMLInputElement>("input[type=text]");
    const button = form.querySelector<HTMLButtonElement>("button");
    if (!input || !button) return;
    const update = (): void => {
      button.disabled = input.value.trim() !== (form.dataset.confirm ?? "").trim();
    };
    input.addEventListener("input", update);
    update();
  });
}
