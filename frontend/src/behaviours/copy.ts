import { attachOnce } from "./attach.ts";

/** The old way, for WebViews that offer no clipboard to scripts. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

/** Whether the text is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  if (!navigator.clipboard) return copyBySelection(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** data-copy="text": a button that copies; data-copied is what it says afterwards. */
export function attachCopy(root: ParentNode): void {
  attachOnce(root, "data-copy", (button) => {
    button.addEventListener("click", async () => {
      const word = button.querySelector("span") ?? button;
      const before = word.textContent;
      if (!(await copyText(button.dataset.copy ?? ""))) return;
      word.textContent = button.dataset.copied ?? before;
      setTimeout(() => (word.textContent = before), 2000);
    });
  });
}
