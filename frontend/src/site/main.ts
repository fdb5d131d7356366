import { attachAutosubmit } from "../behaviours/autosubmit.ts";
import { attachChart } from "../behaviours/chart.ts";
import { attachConfirm } from "../behaviours/confirm.ts";
import { attachCopy } from "../behaviours/copy.ts";
import { attachDraft } from "../behaviours/draft.ts";
import { attachFocus } from "../behaviours/focus.ts";
import { attachHash } from "../behaviours/hash.ts";
import { attachMenu } from "../behaviours/menu.ts";
import { attachOnceOnly } from "../behaviours/once.ts";
import { attachOpens } from "../behaviours/opens.ts";
import { attachPoll } from "../behaviours/poll.ts";
import { attachPrint, unfoldForPrint } from "../behaviours/print.ts";
import { attachTables } from "../behaviours/tables.ts";
import { attachUpload } from "../behaviours/upload.ts";

const behaviours = [
  attachAutosubmit, attachChart, attachConfirm, attachCopy, attachDraft, attachFocus, attachHash,
  attachMenu, attachOnceOnly, attachOpens, attachPoll, attachPrint, attachTables, attachUpload,
];

function attachAll(root: ParentNode): void {
  for (const attach of behaviours) attach(root);
}

attachAll(document);
unfoldForPrint();
document.addEventListener("htmx:load", (event) => {
  if (event.target instanceof HTMLElement) attachAll(event.target);
});
