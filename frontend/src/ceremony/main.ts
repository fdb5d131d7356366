// The page on the wall: a countdown by the seconds that the server said are left, and rows that appear one after another.

const ROW_EVERY_MS = 120;
const LONGEST_ROLL_MS = 20_000;
const DIGITS_TURN_MS = 500;
const HEX = "0123456789abcdef";

function attachCountdown(element: HTMLElement): void {
  const seconds = Number(element.dataset.countdown);
  const started = performance.now();
  const tick = (): void => {
    const left = Math.max(0, Math.ceil(seconds - (performance.now() - started) / 1000));
    const parts = [Math.floor(left / 86_400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
    const [days, ...clock] = parts;
    const time = clock.map((number) => String(number).padStart(2, "0")).join(":");
    element.textContent = days ? `${days} ${element.dataset.days ?? ""} ${time}` : time;
    if (left > 0) setTimeout(tick, 1000);
    else window.location.reload();
  };
  tick();
}

/** The order is the result's own; only its appearance takes time, and not for those who asked for less motion. */
function attachRoll(table: HTMLElement): void {
  const rows = Array.from(table.querySelectorAll<HTMLElement>("tbody tr"));
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const pause = Math.min(ROW_EVERY_MS, LONGEST_ROLL_MS / Math.max(1, rows.length));
  rows.forEach((row, index) => {
    row.hidden = true;
    setTimeout(() => {
      row.hidden = false;
      row.scrollIntoView({ block: "end" });
      row.querySelectorAll<HTMLElement>("[data-ticket]").forEach(attachTurning);
    }, pause * index);
  });
  setTimeout(() => window.scrollTo({ top: 0, behavior: "smooth" }), pause * rows.length + 3 * DIGITS_TURN_MS);
}

/** Digits that turn and stop at the text that the server computed. Nothing is drawn here: the turning is only shown. */
function attachTurning(element: HTMLElement): void {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const text = element.textContent ?? "";
  const started = performance.now();
  element.setAttribute("aria-label", text);
  const turn = (now: number): void => {
    const settled = Math.floor(((now - started) / DIGITS_TURN_MS) * text.length);
    if (settled >= text.length) {
      element.textContent = text;
      return;
    }
    const turning = Array.from(text.slice(settled), (digit) =>
      HEX.includes(digit) ? (HEX[Math.floor(now / 40 + digit.charCodeAt(0)) % HEX.length] ?? digit) : digit,
    );
    element.textContent = text.slice(0, settled) + turning.join("");
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
}

document.querySelectorAll<HTMLElement>("[data-countdown]").forEach(attachCountdown);
document.querySelectorAll<HTMLElement>("[data-turning]").forEach(attachTurning);
document.querySelectorAll<HTMLElement>("[data-roll]").forEach(attachRoll);
