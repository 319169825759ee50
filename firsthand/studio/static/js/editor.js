// A CodeMirror editor in the studio's look, with the target function in focus.

import {
  Decoration, EditorState, EditorView, HighlightStyle, MergeView, StateField, autocompletion, bracketMatching, closeBrackets,
  closeBracketsKeymap, completeAnyWord, defaultKeymap, drawSelection, highlightActiveLine, highlightSelectionMatches, history,
  historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, lineNumbers, python, search, searchKeymap,
  syntaxHighlighting, tags,
} from "../vendor/codemirror.js";

const look = EditorView.theme({
  "&": { fontSize: ".76rem", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65", fontFeatureSettings: '"calt" 0' },
  ".cm-content": { padding: ".9rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 1.1rem 0 .6rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--soft)", border: "none", paddingLeft: ".5rem" },
  ".cm-lineNumbers .cm-gutterElement": { fontSize: ".86em", minWidth: "2ch" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--ink) 16%, transparent) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "transparent !important", outline: "1px solid var(--edge)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--ink) 9%, transparent)" },
  ".cm-line.cm-away, .cm-line.cm-away span": { color: "var(--soft) !important", fontWeight: "400" },
  ".cm-doc, .cm-doc span": { color: "var(--soft) !important" },
  ".cm-panels": { backgroundColor: "var(--shade)", color: "var(--ink)", fontFamily: "var(--sans)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", border: "1px solid var(--hair)", fontFamily: "var(--mono)", fontSize: ".78rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--shade)", color: "var(--ink)" },
  ".cm-collapsedLines": { background: "var(--shade) !important", color: "var(--soft)", fontFamily: "var(--sans)", fontSize: ".76rem" },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '"" !important' },
  ".cm-changedLineGutter, .cm-deletedLineGutter": { background: "var(--edge) !important" },
  ".cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--ink) 6%, transparent) !important" },
  ".cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "color-mix(in srgb, var(--ink) 16%, transparent) !important" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword, tags.self], fontWeight: "650" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], fontWeight: "650" },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: "light-dark(#7a4a14, #d9b48a)" },
  { tag: [tags.comment, tags.docString], color: "var(--soft)", fontStyle: "italic" },
]);

// Lines [from, to] of the target, counted from 1: its `def` and everything indented below it.
export function targetLines(text, target) {
  const lines = text.split("\n");
  const names = target.split(".");
  let start = 0;
  let indent = -1;
  for (const [depth, name] of names.entries()) {
    const kind = depth < names.length - 1 ? "class" : "(?:async )?def";
    const pattern = new RegExp(`^(\\s*)${kind} ${name}\\b`);
    const found = lines.findIndex((line, i) => i >= start && pattern.test(line) && pattern.exec(line)[1].length > indent);
    if (found < 0) return null;
    start = found;
    indent = pattern.exec(lines[found])[1].length;
  }
  let end = start;
  for (let i = start + 1; i < lines.length; i++) {
    const line = lines[i];
    if (!line.trim()) continue;
    const depth = line.length - line.trimStart().length;
    if (depth <= indent && !/^\s*[)\]#]/.test(line)) break;
    end = i;
  }
  return [start + 1, end + 1];
}

// Docstrings read like prose, not like data.
const quiet = Decoration.mark({ class: "cm-doc" });
const docstrings = StateField.define({
  create: (state) => Decoration.set(docRanges(state)),
  update: (value, change) => (change.docChanged ? Decoration.set(docRanges(change.state)) : value),
  provide: (field) => EditorView.decorations.from(field),
});
const docRanges = (state) =>
  [...state.doc.toString().matchAll(/^[ \t]*[rR]?(?:"""[^]*?"""|'''[^]*?''')/gm)]
    .map((found) => quiet.range(found.index, found.index + found[0].length));

const away = Decoration.line({ class: "cm-away" });

function dim(target) {
  const build = (state) => {
    const range = targetLines(state.doc.toString(), target);
    if (!range) return Decoration.none;
    const marks = [];
    for (let n = 1; n <= state.doc.lines; n++) {
      if (n < range[0] || n > range[1]) marks.push(away.range(state.doc.line(n).from));
    }
    return Decoration.set(marks);
  };
  return StateField.define({
    create: build,
    update: (value, change) => (change.docChanged ? build(change.state) : value),
    provide: (field) => EditorView.decorations.from(field),
  });
}

const basics = (nonce) => [
  EditorView.cspNonce.of(nonce), lineNumbers(), drawSelection(), python(), indentUnit.of("    "), syntaxHighlighting(colours), docstrings, look,
];

export class Editor {
  constructor(parent, { text, target, nonce, onChange, commands }) {
    this.target = target;
    const own = commands.map(({ key, run }) => ({ key, run: () => { run(); return true; }, preventDefault: true }));
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          ...basics(nonce), history(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
          highlightSelectionMatches(), search({ top: true }), dim(target),
          autocompletion({ override: [completeAnyWord], activateOnTypingDelay: 250 }),
          EditorView.contentAttributes.of({ tabindex: "0", "aria-label": `Your file, at ${target}. Escape leaves the editor.` }),
          keymap.of([
            ...own,
            ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab,
            { key: "Escape", run: (view) => { view.contentDOM.blur(); return true; } },
          ]),
          EditorView.updateListener.of((update) => update.docChanged && onChange()),
        ],
      }),
    });
    this.focusTarget();
    const untouched = text;
    document.fonts.ready.then(() => this.text === untouched && this.focusTarget()); // lines have their height now
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // Replace only what differs, so that the cursor and the view stay where they were.
  set text(next) {
    const now = this.text;
    let from = 0;
    while (from < now.length && from < next.length && now[from] === next[from]) from++;
    let [end, nextEnd] = [now.length, next.length];
    while (end > from && nextEnd > from && now[end - 1] === next[nextEnd - 1]) { end--; nextEnd--; }
    this.view.dispatch({ changes: { from, to: end, insert: next.slice(from, nextEnd) } });
  }

  // Show the target and put the cursor at the end of its last line.
  focusTarget() {
    const range = targetLines(this.text, this.target);
    if (!range) return;
    const lines = this.view.state.doc;
    const end = lines.line(range[1]).to;
    const fits = (range[1] - range[0] + 2) * this.view.defaultLineHeight < this.view.scrollDOM.clientHeight;
    const effects = fits
      ? EditorView.scrollIntoView(lines.line(range[0]).from, { y: "start", yMargin: 12 })
      : EditorView.scrollIntoView(end, { y: "end", yMargin: 44 }); // the body counts more than its docstring
    this.view.dispatch({ selection: { anchor: end }, effects });
  }

  goTo(line) {
    const place = this.view.state.doc.line(Math.min(line, this.view.state.doc.lines));
    this.view.dispatch({ selection: { anchor: place.to }, effects: EditorView.scrollIntoView(place.from, { y: "center" }) });
    this.view.focus();
  }
}

// Both sides of a conflict, side by side; the left one takes what is wanted from the right.
export class Merge {
  constructor(parent, { mine, disk, nonce }) {
    const label = (words) => EditorView.contentAttributes.of({ tabindex: "0", "aria-label": words });
    this.view = new MergeView({
      parent,
      a: { doc: mine, extensions: [...basics(nonce), history(), keymap.of([...defaultKeymap, ...historyKeymap]), label("This window")] },
      b: { doc: disk, extensions: [...basics(nonce), EditorState.readOnly.of(true), label("On disk")] },
      revertControls: "b-to-a",
      renderRevertControl: () => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: "←" });
        button.setAttribute("aria-label", "Take this piece from the disk");
        return button;
      },
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
  }

  get text() {
    return this.view.a.state.doc.toString();
  }

  close() {
    this.view.destroy();
  }
}

