// One's own row in the public roster, before the draw as after it. The text with the ID number stays in this page:
// the whole roster is downloaded, so the server cannot learn whose row was looked for.
import { digest } from "../verify/sha256.ts";

const PID = /^[0-9a-f]{64}$/;

function attach(panel: HTMLElement): void {
  const button = panel.querySelector<HTMLButtonElement>("[data-own-find]");
  const input = panel.querySelector<HTMLInputElement>("[data-own-text]");
  const answer = panel.querySelector<HTMLElement>("[data-own-answer]");
  if (button === null || input === null || answer === null) return;
  const words = panel.dataset;
  let roster: string | undefined;
  const find = async (): Promise<void> => {
    const typed = input.value.trim();
    const pid = typed.startsWith("pid/1|") ? digest(new TextEncoder().encode(typed)) : typed.toLowerCase();
    if (!PID.test(pid)) {
      answer.textContent = words.wordsMalformed ?? "";
      return;
    }
    button.disabled = true;
    answer.textContent = words.wordsReading ?? "";
    try {
      roster ??= await download(panel);
      answer.textContent = described(pid, roster, words);
    } catch {
      answer.textContent = words.wordsFailed ?? "";
    } finally {
      button.disabled = false;
    }
  };
  button.addEventListener("click", () => void find());
}

/** The roster as text, refused unless it is the very file whose hash the plan commits to. */
async function download(panel: HTMLElement): Promise<string> {
  const response = await fetch(panel.dataset.roster ?? "", { credentials: "omit" });
  if (!response.ok) throw new Error(String(response.status));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (digest(bytes) !== panel.dataset.sha256) throw new Error("hash");
  return new TextDecoder().decode(bytes);
}

function described(pid: string, roster: string, words: DOMStringMap): string {
  const start = roster.indexOf(`\n${pid},`);
  if (start < 0) return words.wordsMissing ?? "";
  const [, stratum, lots, flag] = roster.slice(start + 1, roster.indexOf("\n", start + 1)).split(",");
  const standing = flag?.startsWith("M") ? words.wordsMustSit : flag?.startsWith("X") ? words.wordsExcluded : words.wordsEligible;
  const row = roster.slice(0, start + 1).split("\n").length;
  return (words.wordsFound ?? "")
    .replace("{row}", String(row))
    .replace("{stratum}", stratum ?? "")
    .replace("{lots}", lots ?? "")
    .replace("{standing}", `${standing ?? ""} ${flag ?? ""}`.trim());
}

document.querySelectorAll<HTMLElement>("[data-own-row]").forEach(attach);
