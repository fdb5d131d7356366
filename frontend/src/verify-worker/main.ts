// The verification beside the page, so that the page stays alive while a million tickets are computed.
import { work, type Find, type Order } from "../verify/work.ts";

let find: Find | undefined;

self.addEventListener("message", (event: MessageEvent<{ order: Order } | { typed: string }>) => {
  void answer(event.data);
});

async function answer(asked: { order: Order } | { typed: string }): Promise<void> {
  if ("order" in asked) {
    find = await work(asked.order, (report) => self.postMessage({ report }));
    return;
  }
  self.postMessage({ typed: asked.typed, found: await find?.(asked.typed) });
}
