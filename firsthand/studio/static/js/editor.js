// A CodeMirror editor in the studio's look, with the target function in focus.

import {
  Decoration, EditorState, EditorView, HighlightStyle, MergeView, StateEffect, StateField, autocompletion, bracketMatching,
  closeBrackets, closeBracketsKeymap, codeFolding, completeAnyWord, defaultKeymap, drawSelection, foldEffect, foldKeymap,
  highlightActiveLine, highlightSelectionMatches, history, historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap,
  lineNumbers, python, search, searchKeymap, syntaxHighlighting, tags,
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
  ".cm-stopped": { backgroundColor: "color-mix(in srgb, var(--bad) 12%, transparent) !important" },
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

// The sections of the docstring in lines [from, to], as [title, {from, to} of what stands below the title].
const SECTION = /^\s+([A-Z][A-Za-z ]+)$/;
const RULE = /^\s+-{3,}$/;
function sections(doc, [from, to]) {
  const text = (n) => doc.line(n).text;
  const found = [];
  let quotes = 0;
  for (let n = from; n <= to && quotes < 2; n++) {
    quotes += (text(n).match(/"""|'''/g) ?? []).length;
    if (quotes !== 1 || n === to || !SECTION.test(text(n)) || !RULE.test(text(n + 1))) continue;
    let end = n + 1;
    for (let m = n + 2; m <= to && !/"""|'''/.test(text(m)); m++) {
      if (m < to && SECTION.test(text(m)) && RULE.test(text(m + 1))) break;
      if (text(m).trim()) end = m;
    }
    found.push({ title: text(n).trim(), lines: end - n, from: doc.line(n).to, to: doc.line(end).to });
  }
  return found;
}

// What a learner needs longest comes first and folds last.
const KEPT = ["Parameters", "Returns", "Raises"];
const rank = (title) => (KEPT.includes(title) ? KEPT.indexOf(title) : KEPT.length);

// What a folded section shows instead: how much there is, and a way to it.
const folding = codeFolding({
  preparePlaceholder: (state, range) => state.doc.lineAt(range.to).number - state.doc.lineAt(range.from).number,
  placeholderDOM: (view, onclick, lines) => {
    const words = lines === 1 ? "1 line" : `${lines} lines`;
    const more = Object.assign(document.createElement("button"), { type: "button", className: "cm-more", textContent: words, onclick });
    more.setAttribute("aria-label", `Show ${words}`);
    return more;
  },
});

// The line on which the code stopped, until the text changes.
const stopped = StateEffect.define();
const stoppedLine = StateField.define({
  create: () => Decoration.none,
  update: (value, change) => {
    for (const effect of change.effects) {
      if (effect.is(stopped)) {
        return effect.value === null ? Decoration.none : Decoration.set([Decoration.line({ class: "cm-stopped" }).range(effect.value)]);
      }
    }
    return change.docChanged ? Decoration.none : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

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
          highlightSelectionMatches(), search({ top: true }), dim(target), folding, stoppedLine,
          autocompletion({ override: [completeAnyWord], activateOnTypingDelay: 250 }),
          EditorView.contentAttributes.of({ tabindex: "0", "aria-label": `Your file, at ${target}. Escape leaves the editor.` }),
          keymap.of([
            ...own,
            ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, indentWithTab,
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

  // Show the target from its signature to its last line, and put the cursor at its end. What does not
  // fit is made to: sections of the docstring fold, examples first, parameters last.
  focusTarget({ cursor = true } = {}) {
    const range = targetLines(this.text, this.target);
    if (!range) return;
    const doc = this.view.state.doc;
    const lineHeight = parseFloat(getComputedStyle(this.view.contentDOM).lineHeight);
    const room = Math.floor((this.view.scrollDOM.clientHeight - 16) / lineHeight);
    let needed = range[1] - range[0] + 1;
    const folded = [];
    for (const section of sections(doc, range).sort((a, b) => rank(b.title) - rank(a.title))) {
      if (needed <= room) break;
      folded.push(foldEffect.of({ from: section.from, to: section.to }));
      needed -= section.lines;
    }
    const end = doc.line(range[1]).to;
    this.view.dispatch({ effects: folded.sort((a, b) => a.value.from - b.value.from), ...(cursor ? { selection: { anchor: end } } : {}) });
    if (needed <= room) this.scroll(doc.line(range[0]).from, (line) => line.top - 8);
    else this.scroll(end, (line, height) => line.bottom - height + 44); // the body counts more than its docstring
  }

  // Scroll the editor and not the page around it: `to` says where, given a line's place and the height there is.
  scroll(position, to) {
    this.view.requestMeasure({
      read: (view) => view.documentPadding.top + to(view.lineBlockAt(position), view.scrollDOM.clientHeight, view.scrollDOM.scrollTop),
      write: (top, view) => { view.scrollDOM.scrollTop = top; },
    });
  }

  // Mark the line on which the code stopped, or none, and bring it into view.
  stoppedAt(line) {
    const doc = this.view.state.doc;
    const place = line && line <= doc.lines ? doc.line(line).from : null;
    this.view.dispatch({ effects: stopped.of(place) });
    if (place === null) return;
    this.scroll(place, (line, height, now) => Math.max(Math.min(now, line.top - 44), line.bottom - height + 44));
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

