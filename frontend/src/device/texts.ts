export type Fill = (key: string, values?: Record<string, string | number>) => string;

/** Sentences that the template holds in the reader's language. */
export function textsOf(root: ParentNode): Fill {
  return (key, values = {}) => {
    const sentence = root.querySelector(`[data-text="${key}"]`)?.textContent ?? key;
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  };
}
