import { attachOnce } from "./attach.ts";

/** 1536 → "1.5 KB"; sizes as people see them in a file list. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** data-upload: says which files were chosen and how large they are. */
export function attachUpload(root: ParentNode): void {
  attachOnce(root, "data-upload", (box) => {
    const input = box.querySelector<HTMLInputElement>("input[type=file]");
    const line = box.querySelector("[data-upload-name]");
    if (!input || !line) return;
    input.addEventListener("change", () => {
      line.textContent = Array.from(input.files ?? [], (file) => `${file.name} (${fileSize(file.size)})`).join(";");
    });
  });
}
