// Builds everything the browser loads into static/dist/. Nothing built is committed.
//
//   node build.mjs            one build, sizes printed
//   node build.mjs --watch    again after each change of a source or a template
//   node build.mjs --tests    the unit tests as plain JavaScript in build/frontend-tests/
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, watch, writeFileSync, copyFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { usedNames, withoutUnused } from "./css.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "..");
const dist = join(root, "static", "dist");
// Chromium 70 and Safari 14.1 stand for the oldest WeChat WebViews still met on phones.
const target = ["es2018", "chrome70", "safari14.1"];

/** All files below a folder whose name ends in one of the extensions; a missing folder has none. */
export function filesBelow(folder, extensions) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path, extensions);
    return extensions.some((extension) => entry.name.endsWith(extension)) ? [path] : [];
  });
}

/** The entry points: every src/<name>/main.ts becomes <name>.js. */
function entryPoints() {
  const names = readdirSync(join(here, "src")).filter((name) => existsSync(join(here, "src", name, "main.ts")));
  return Object.fromEntries(names.map((name) => [name, join(here, "src", name, "main.ts")]));
}

async function buildScripts() {
  await esbuild.build({
    entryPoints: entryPoints(),
    outdir: dist,
    bundle: true,
    format: "iife",
    minify: true,
    target,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}

/** Templates, and the Python that names classes and icons for them. */
function pageSources() {
  const appFolders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "__init__.py")))
    .map((entry) => join(root, entry.name));
  return [
    ...filesBelow(join(root, "templates"), [".html", ".svg"]),
    ...appFolders.flatMap((folder) => filesBelow(folder, [".py", ".html"])),
  ];
}

function textOf(path) {
  return readFileSync(path, "utf8");
}

/** A class found nowhere here needs no style. */
function namesInUse() {
  return usedNames([...pageSources(), ...filesBelow(join(here, "src"), [".ts"])].map(textOf));
}

/** Tabler draws small pictures as data: addresses, which our content policy refuses: each becomes a file. */
function picturesToFiles(css) {
  return css.replace(/url\((["']?)data:image\/svg\+xml[,;](.*?)\1\)/g, (whole, _quote, body) => {
    const svg = decodeURIComponent(body.replace(/^(charset=utf-?8|utf8),/i, "")).replace(/\\"/g, '"');
    if (!svg.includes("<svg")) return whole;
    const name = `shape-${createHash("sha256").update(svg).digest("hex").slice(0, 10)}.svg`;
    writeFileSync(join(dist, name), svg);
    return `url(${name})`;
  });
}

async function buildStyles() {
  const tabler = readFileSync(join(here, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8");
  const kept = withoutUnused(tabler.replace(/\/\*# sourceMappingURL.*?\*\//, ""), namesInUse());
  const own = ["tokens", "elements", "frames", "components", "published", "print"]
    .map((name) => readFileSync(join(here, "src/css", `${name}.css`), "utf8"))
    .join("\n");
  for (const [name, css] of [["site", `${picturesToFiles(kept)}\n${own}`], ["exam", sheet("exam")], ["projector", sheet("projector")]]) {
    const { code } = await esbuild.transform(css, { loader: "css", minify: true, target, charset: "utf8" });
    writeFileSync(join(dist, `${name}.css`), code);
  }
}

function sheet(name) {
  return readFileSync(join(here, "src/css", `${name}.css`), "utf8");
}

const iconFolder = join(here, "node_modules/bootstrap-icons/icons");

/** Icons named outright in a template or as a keyword in Python, and whatever a room's home module says that is one. */
function iconsInUse() {
  const names = new Set();
  for (const path of pageSources()) {
    const pattern = path.endsWith(join("queries", "home.py")) ? /"([a-z0-9-]+)"/g : /icon(?:\.html" with name)?(?:=|": ?)"([a-z0-9-]+)"/g;
    for (const match of textOf(path).matchAll(pattern)) {
      if (existsSync(join(iconFolder, `${match[1]}.svg`))) names.add(match[1]);
    }
  }
  return names;
}

/** One sprite: the icons in use, and those src/icons.txt lists because only data names them; an unknown one there stops the build. */
function buildIcons() {
  const listed = readFileSync(join(here, "src/icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = Array.from(new Set([...listed, ...iconsInUse()])).sort().map((name) => {
    const svg = readFileSync(join(iconFolder, `${name}.svg`), "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`;
  });
  writeFileSync(join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

function copyAssets() {
  for (const path of filesBelow(join(here, "src/assets"), [".svg"])) {
    copyFileSync(path, join(dist, relative(join(here, "src/assets"), path)));
  }
}

/** The Chinese TrueType faces that PDF needs, beside each other where WeasyPrint is pointed at. */
function copyFonts() {
  const fonts = join(root, "build", "fonts");
  mkdirSync(fonts, { recursive: true });
  for (const face of ["400Regular", "700Bold"]) {
    const name = `NotoSansSC_${face}.ttf`;
    const source = join(here, "node_modules/@expo-google-fonts/noto-sans-sc", face, name);
    const copy = join(fonts, name);
    if (!existsSync(copy) || statSync(copy).size !== statSync(source).size) copyFileSync(source, copy);
  }
}

/** What a phone on a slow line must load before the exam: script and sheet together. */
const MOST_EXAM_BYTES = 60 * 1024;

function checkExamSize() {
  const compressed = ["exam.js", "exam.css", "exam-worker.js"].reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name)), { level: 9 }).length, 0);
  if (compressed > MOST_EXAM_BYTES) throw new Error(`the exam page weighs ${compressed} bytes compressed, more than ${MOST_EXAM_BYTES}`);
}

function printSizes() {
  for (const name of readdirSync(dist).sort()) {
    if (name.startsWith("shape-")) continue;
    const bytes = readFileSync(join(dist, name));
    const kib = (count) => `${(count / 1024).toFixed(1)} KiB`.padStart(10);
    console.log(`${name.padEnd(16)}${kib(bytes.length)}${kib(gzipSync(bytes, { level: 9 }).length)} compressed`);
  }
}

async function buildAll() {
  mkdirSync(dist, { recursive: true });
  copyAssets();
  copyFonts();
  buildIcons();
  await buildScripts();
  await buildStyles();
  checkExamSize();
}

async function buildTests() {
  const outdir = join(root, "build", "frontend-tests");
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: filesBelow(join(root, "tests", "frontend"), [".test.ts"]),
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outExtension: { ".js": ".mjs" },
    // postcss is CommonJS and asks for node's own modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    define: { PROJECT_ROOT: JSON.stringify(root) },
    logLevel: "warning",
  });
}

function watchAll() {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => buildAll().then(() => console.log("built"), (error) => console.error(error.message)), 200);
  };
  for (const folder of [join(here, "src"), join(root, "templates")]) watch(folder, { recursive: true }, again);
  console.log("watching frontend/src and templates");
}

if (process.argv.includes("--tests")) {
  await buildTests();
} else {
  await buildAll();
  printSizes();
  if (process.argv.includes("--watch")) watchAll();
}
