import { attachOnce } from "./attach.ts";

declare global {
  interface Window {
    choukaoChart?: (element: HTMLElement) => void;
  }
}

let loading: Promise<void> | undefined;

/** The chart library is large: it is fetched when the first chart comes near the screen, once. */
function load(address: string): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("chart library not loaded"));
    document.head.append(script);
  });
  return loading;
}

async function draw(element: HTMLElement): Promise<void> {
  try {
    await load(element.dataset.chartSrc ?? "");
    element.hidden = false;
    window.choukaoChart?.(element);
  } catch {
    // The table below says the same; open it instead.
    element.hidden = true;
    element.parentElement?.querySelector("details")?.setAttribute("open", "");
  }
}

/** data-chart="id of the json": draws the figure's table as a picture. */
export function attachChart(root: ParentNode): void {
  attachOnce(root, "data-chart", (element) => {
    const figure = element.closest("figure") ?? element;
    if (!("IntersectionObserver" in window)) return void draw(element);
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      void draw(element);
    }, { rootMargin: "300px" });
    observer.observe(figure);
  });
}
