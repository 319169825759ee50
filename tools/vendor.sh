#!/usr/bin/env bash
# Rebuild firsthand/studio/static/vendor (and the axe of the browser tests) from npm, at the versions below.
# Needs Node and npm; the studio itself needs neither. VENDOR.md there lists what came of it.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
vendor=$root/firsthand/studio/static/vendor
tests=$root/tests/browser/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/package.json" <<'JSON'
{
  "private": true,
  "dependencies": {
    "@codemirror/autocomplete": "6.20.4",
    "@codemirror/commands": "6.11.1",
    "@codemirror/lang-python": "6.2.1",
    "@codemirror/language": "6.13.1",
    "@codemirror/merge": "6.12.3",
    "@codemirror/search": "6.7.2",
    "@codemirror/state": "6.7.6",
    "@codemirror/view": "6.43.15",
    "@fontsource-variable/inter": "5.3.0",
    "@fontsource-variable/jetbrains-mono": "5.3.0",
    "@fontsource-variable/source-serif-4": "5.3.1",
    "@lezer/highlight": "1.2.5",
    "axe-core": "4.14.1",
    "esbuild": "0.28.2",
    "htmx.org": "2.0.11",
    "katex": "0.19.1"
  }
}
JSON

cat >"$work/editor.js" <<'JS'
export { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export { python } from "@codemirror/lang-python";
export {
  HighlightStyle, bracketMatching, codeFolding, foldEffect, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting,
  unfoldEffect,
} from "@codemirror/language";
export { MergeView } from "@codemirror/merge";
export { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
export { Compartment, EditorSelection, EditorState, StateEffect, StateField } from "@codemirror/state";
export {
  Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers,
} from "@codemirror/view";
export { tags } from "@lezer/highlight";
JS

cd "$work"
npm install --silent --no-audit --no-fund
mkdir -p "$vendor/fonts" "$vendor/katex/fonts" "$vendor/licences" "$tests"
npx esbuild editor.js --bundle --format=esm --minify --target=es2022 --legal-comments=none \
  --outfile="$vendor/codemirror.js"
cp node_modules/htmx.org/dist/htmx.min.js "$vendor/htmx.js"

# KaTeX, with the woff2 fonts alone: every browser of the last ten years reads them.
cp node_modules/katex/dist/katex.mjs katex-full.mjs
npx esbuild katex-full.mjs --bundle --format=esm --minify --target=es2022 --legal-comments=none \
  --outfile="$vendor/katex/katex.js"
sed -E 's/,url\([^)]*\.woff\) format\("woff"\),url\([^)]*\.ttf\) format\("truetype"\)//g' \
  node_modules/katex/dist/katex.min.css >"$vendor/katex/katex.css"
cp node_modules/katex/dist/fonts/*.woff2 "$vendor/katex/fonts/"

font() { cp "node_modules/@fontsource-variable/$1/files/$2" "$vendor/fonts/$3"; }
font source-serif-4 source-serif-4-latin-standard-normal.woff2 source-serif-4.woff2
font source-serif-4 source-serif-4-latin-standard-italic.woff2 source-serif-4-italic.woff2
font source-serif-4 source-serif-4-greek-standard-normal.woff2 source-serif-4-greek.woff2
font inter inter-latin-wght-normal.woff2 inter.woff2
font inter inter-greek-wght-normal.woff2 inter-greek.woff2
font jetbrains-mono jetbrains-mono-latin-wght-normal.woff2 jetbrains-mono.woff2

cp node_modules/axe-core/axe.min.js "$tests/axe.js"
cp node_modules/axe-core/LICENSE "$tests/axe-LICENSE"

licence() { cp "node_modules/$1/LICENSE" "$vendor/licences/$2"; }
licence @codemirror/view codemirror.txt
licence @lezer/common lezer.txt
licence htmx.org htmx.txt
licence katex katex.txt
licence @fontsource-variable/source-serif-4 source-serif-4.txt
licence @fontsource-variable/inter inter.txt
licence @fontsource-variable/jetbrains-mono jetbrains-mono.txt
for extra in style-mod w3c-keyname crelt @marijn/find-cluster-break; do
  licence "$extra" "$(basename "$extra").txt"
done

node - "$vendor/VENDOR.md" <<'JS'
const fs = require("fs");
const what = {
  "htmx.js": ["htmx.org"],
  "codemirror.js": ["@codemirror/autocomplete", "@codemirror/commands", "@codemirror/lang-python", "@codemirror/language",
    "@codemirror/merge", "@codemirror/search", "@codemirror/state", "@codemirror/view", "@lezer/highlight", "@lezer/common",
    "@lezer/lr", "@lezer/python", "style-mod", "w3c-keyname", "crelt", "@marijn/find-cluster-break"],
  "katex/": ["katex"],
  "fonts/source-serif-4*.woff2": ["@fontsource-variable/source-serif-4"],
  "fonts/inter*.woff2": ["@fontsource-variable/inter"],
  "fonts/jetbrains-mono.woff2": ["@fontsource-variable/jetbrains-mono"],
};
let text = "# Vendored\n\nMade by `tools/vendor.sh` from npm; licences are in `licences/`. Nothing here is edited by hand.\n\n"
  + "| file | package | version | licence |\n|---|---|---|---|\n";
for (const [file, names] of Object.entries(what)) for (const name of names) {
  const facts = JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, "utf8"));
  text += `| \`${file}\` | ${name} | ${facts.version} | ${facts.license} |\n`;
}
fs.writeFileSync(process.argv[2], text);
JS
du -sh "$vendor" "$tests"
