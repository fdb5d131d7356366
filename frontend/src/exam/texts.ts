/** Every sentence the exam page says; the template holds them in the reader's language. */
export const TEXT_KEYS = [
  "question_title", "question_kind", "choose_one", "choose_many", "empty", "typing", "kept", "saved", "saved_at", "late", "flagged", "flag", "cell",
  "line_nothing", "line_all_saved", "line_sending", "line_kept", "line_memory", "line_saved", "next", "to_review", "left_minutes", "signed_out", "network_lost", "network_lost_memory",
  "network_back", "not_kept", "not_durable", "warn_title", "warn_body", "warn_go", "connecting_title", "connecting_body", "connecting_failed",
  "held_title", "held_tab", "held_device", "take_over", "refused_title", "again", "back", "review_title", "review_answered", "review_unanswered", "review_flagged",
  "review_once", "review_back", "submit", "submitting", "waiting", "waiting_server", "closed_title", "closed_waiting", "closed_done", "rescue_title",
  "rescue_body", "rescue_save", "rescue_copy", "copied", "differ", "finished_title", "finished_body", "finished_at", "receipt_save", "receipt_copy",
  "finished_go", "paper_line", "conflict", "time_up", "about", "extended", "offline_start",
  "fault_open", "fault_sending", "fault_sent", "fault_offline", "fault_for", "blank", "number", "number_in", "unit", "your_text", "pick", "order_place", "hint_text", "hint_match", "hint_order", "hint_case",
] as const;

export type TextKey = (typeof TEXT_KEYS)[number];
export type Say = (key: TextKey, values?: Record<string, string | number>) => string;

/** "第 {number} 题" with its values; an unknown placeholder stays visible. */
export function fill(sentence: string, values: Record<string, string | number> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function textsFrom(root: ParentNode): Say {
  const sentences = new Map<string, string>();
  for (const element of Array.from(root.querySelectorAll<HTMLElement>("[data-text]"))) {
    sentences.set(element.dataset.text ?? "", element.textContent ?? "");
  }
  return (key, values) => fill(sentences.get(key) ?? key, values);
}
