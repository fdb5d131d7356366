// Texts of questions: pictures, formulas and tables where they stand, read by the same signs as question_bank/domain/rich.py.
// Nothing of a text ever becomes markup by itself: every element is made here, from a list of names.

const PICTURE = /!\[([^\]\n]{0,200})\]\(media:([0-9a-f]{32})\)/;
const FORMULA = /<math\b[^<>]*>[\s\S]*?<\/math\s*>/i;
const TOKEN = new RegExp(`${PICTURE.source}|(${FORMULA.source})`, "gi");
const MATHML = "http://www.w3.org/1998/Math/MathML";
const MATH_TAGS = new Set(
  ("math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts " +
    "mprescripts mtable mtr mtd mstyle mphantom mpadded menclose").split(" "),
);

export type Piece =
  | { is: "text"; text: string }
  | { is: "picture"; name: string; alt: string }
  | { is: "formula"; mathml: string }
  | { is: "table"; rows: string[][]; hasHead: boolean };

function inline(text: string): Piece[] {
  const found: Piece[] = [];
  let begin = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > begin) found.push({ is: "text", text: text.slice(begin, match.index) });
    found.push(match[3] === undefined ? { is: "picture", name: match[2]!, alt: match[1]! } : { is: "formula", mathml: match[3] });
    begin = match.index + match[0].length;
  }
  if (begin < text.length) found.push({ is: "text", text: text.slice(begin) });
  return found;
}

function table(rows: string[]): Piece {
  const hasHead = /^\|(?:\s*:?-{2,}:?\s*\|)+$/.test(rows[1] ?? "");
  const kept = rows.filter((_, index) => !(index === 1 && hasHead));
  return { is: "table", hasHead, rows: kept.map((row) => row.slice(1, -1).split("|").map((cell) => cell.trim())) };
}

/** The text in reading order. */
export function pieces(text: string): Piece[] {
  if (!text.includes("](media:") && !text.includes("<math") && !text.includes("|")) return text ? [{ is: "text", text }] : [];
  const found: Piece[] = [];
  let lines: string[] = [];
  let rows: string[] = [];
  const close = (): void => {
    if (rows.length > 1) {
      if (lines.length > 0) found.push(...inline(lines.join("\n")));
      found.push(table(rows));
      lines = [];
    } else lines.push(...rows);
    rows = [];
  };
  for (const line of text.split("\n")) {
    if (/^\|.*\|$/.test(line.trim())) rows.push(line.trim());
    else {
      close();
      lines.push(line);
    }
  }
  close();
  if (lines.length > 0) found.push(...inline(lines.join("\n")));
  return found;
}

/** Presentation elements with their text; attributes and everything else stay behind. */
function copied(node: Node): Node[] {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? "")];
  if (!(node instanceof Element)) return [];
  const children = Array.from(node.childNodes).flatMap(copied);
  const name = node.localName.toLowerCase();
  if (!MATH_TAGS.has(name)) return [];
  const element = document.createElementNS(MATHML, name);
  element.append(...children);
  return [element];
}

function formula(mathml: string): Node[] {
  const parsed = new DOMParser().parseFromString(mathml, "text/html");
  const root = parsed.querySelector("math");
  return root ? copied(root) : [];
}

function picture(name: string, alt: string): HTMLElement {
  const element = document.createElement("img");
  // Relative to the page of this attempt, whose cookie opens it.
  element.src = `pictures/${name}/`;
  element.alt = alt;
  element.className = "ck-question-picture";
  return element;
}

function rowsOf(rows: string[][], hasHead: boolean): HTMLElement {
  const element = document.createElement("table");
  element.className = "ck-question-table";
  rows.forEach((row, number) => {
    const line = element.insertRow();
    for (const cell of row) {
      const place = document.createElement(hasHead && number === 0 ? "th" : "td");
      place.append(...inline(cell).flatMap(nodesOf));
      line.append(place);
    }
  });
  return element;
}

function nodesOf(piece: Piece): Node[] {
  switch (piece.is) {
    case "text": return [document.createTextNode(piece.text)];
    case "picture": return [picture(piece.name, piece.alt)];
    case "formula": return formula(piece.mathml);
    case "table": return [rowsOf(piece.rows, piece.hasHead)];
  }
}

/** Puts the text into the element; most texts are characters alone. */
export function fillRich(element: Element, text: string): void {
  element.replaceChildren(...pieces(text).flatMap(nodesOf));
}

/** The same as characters, for what is read aloud and for names of controls. */
export function plainText(text: string): string {
  return pieces(text)
    .map((piece) => (piece.is === "text" ? piece.text : piece.is === "picture" ? `[${piece.alt}]` : piece.is === "table" ? piece.rows.flat().join(" ") : piece.mathml.replace(/<[^<>]*>/g, "")))
    .join("");
}
