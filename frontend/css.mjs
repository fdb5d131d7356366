// Keeps from a large style sheet only what our pages can meet.
import postcss from "postcss";

/** Every word that could be a class name in the given sources; generous on purpose. */
export function usedNames(sources) {
  const names = new Set();
  for (const source of sources) {
    for (const word of source.match(/[A-Za-z][\w-]*/g) ?? []) names.add(word);
  }
  return names;
}

const CLASS = /\.(-?[A-Za-z_][\w-]*)/g;

function canMatch(selector, used) {
  // A theme or reading direction we never switch on.
  if (/\[data-bs-theme=.?dark|\[dir=.?rtl|\[data-bs-theme-/.test(selector)) return false;
  const withoutNegation = selector.replace(/:not\([^)]*\)/g, "");
  return [...withoutNegation.matchAll(CLASS)].every((match) => used.has(match[1]));
}

function dropUnusedRules(sheet, used) {
  sheet.walkRules((rule) => {
    if (rule.parent.type === "atrule" && rule.parent.name.endsWith("keyframes")) return;
    const kept = rule.selectors.filter((selector) => canMatch(selector, used));
    if (kept.length === 0) rule.remove();
    else rule.selectors = kept;
  });
}

function dropUnusedKeyframes(sheet) {
  const animations = new Set();
  sheet.walkDecls(/^animation/, (decl) => decl.value.split(/[\s,]+/).forEach((word) => animations.add(word)));
  sheet.walkAtRules(/keyframes$/, (rule) => {
    if (!animations.has(rule.params)) rule.remove();
  });
}

/** Custom properties nobody reads; dropping one may orphan another, so until nothing changes. */
function dropUnusedProperties(sheet, alsoRead) {
  for (let changed = true; changed; ) {
    changed = false;
    const read = new Set(alsoRead);
    sheet.walkDecls((decl) => {
      for (const match of decl.value.matchAll(/var\(\s*(--[\w-]+)/g)) read.add(match[1]);
    });
    sheet.walkDecls(/^--/, (decl) => {
      if (!read.has(decl.prop)) {
        decl.remove();
        changed = true;
      }
    });
  }
}

function dropEmpty(sheet) {
  for (let changed = true; changed; ) {
    changed = false;
    sheet.walk((node) => {
      if ((node.type === "rule" || node.type === "atrule") && node.nodes && node.nodes.length === 0) {
        node.remove();
        changed = true;
      }
    });
  }
}

/** The sheet without rules whose classes are not in `used`, and without what only those rules needed. */
export function withoutUnused(css, used, alsoRead = []) {
  const sheet = postcss.parse(css);
  sheet.walkComments((comment) => comment.remove());
  dropUnusedRules(sheet, used);
  dropUnusedKeyframes(sheet);
  dropUnusedProperties(sheet, alsoRead);
  dropEmpty(sheet);
  return sheet.toString();
}
