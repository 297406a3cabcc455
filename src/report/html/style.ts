/** The look of report.html: paper and ink, colour only where it tells a status. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f2; --surface: #ffffff; --sunken: #eceae5; --ink: #1f1e1c; --soft: #6a675f; --line: #dfdcd5;
  --accent: #2b5c8f; --ok: #3f7d56; --bad: #b23a2e; --bad-wash: #fbeeec; --warn: #8a5a0b; --warn-wash: #fbf3e2;
  --doubt: #6b4a9e; --doubt-wash: #f3eefa; --idle: #66625a;
  --shadow: 0 1px 2px rgb(30 25 15 / .06), 0 4px 14px rgb(30 25 15 / .05);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161615; --surface: #201f1e; --sunken: #2a2927; --ink: #ebe8e1; --soft: #a29d92; --line: #343230;
    --accent: #8bb8e8; --ok: #7cc096; --bad: #f0897c; --bad-wash: #331f1c; --warn: #e0b15c; --warn-wash: #2f2716;
    --doubt: #c0a5ee; --doubt-wash: #29213a; --idle: #968f83; --shadow: 0 1px 2px rgb(0 0 0 / .4);
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 1720px; padding: 0 clamp(16px, 3vw, 48px) 64px; background: var(--paper); color: var(--ink); }
body.viewing { overflow: hidden; }
h1, h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
ul { list-style: none; }
button, select, input { font: inherit; color: inherit; }
button { cursor: pointer; }
a { color: var(--accent); }
code, pre, .id { font-family: ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace; font-size: .9em; }
pre { margin: 8px 0 0; padding: 12px; overflow: auto; max-height: 320px; background: var(--sunken); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { padding: 40px 0 8px; }
.heading { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
.badge { padding: 2px 10px; border-radius: 99px; background: var(--warn-wash); color: var(--warn); font-size: 13px; font-weight: 600; }
.origin { margin-top: 6px; color: var(--soft); font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; height: 8px; margin: 22px 0 18px; border-radius: 4px; background: var(--sunken); }
rect.s-succeeded { fill: var(--ok); } rect.s-failed { fill: var(--bad); } rect.s-cancelled { fill: var(--warn); }
rect.s-unknown { fill: var(--doubt); } rect.s-pending { fill: var(--line); }
.facts { display: flex; flex-wrap: wrap; gap: 12px 40px; margin-bottom: 20px; }
.fact dt { color: var(--soft); font-size: 13px; }
.fact dd { font-size: 21px; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.fact small { display: block; font-size: 12.5px; font-weight: 400; color: var(--soft); }
.f-failed dd { color: var(--bad); } .f-unknown dd { color: var(--doubt); } .f-cancelled dd { color: var(--warn); }
.notice { margin-top: 10px; padding: 10px 14px; border-radius: 8px; background: var(--warn-wash); }

.attention { margin-top: 28px; }
.attention h2 { margin-bottom: 10px; font-size: 17px; font-weight: 650; }
.attention ul { border-radius: 12px; background: var(--surface); box-shadow: var(--shadow); }
.trouble { display: grid; grid-template-columns: 150px minmax(0, 1fr) minmax(0, 1fr); gap: 4px 20px; align-items: start; padding: 13px 18px; }
.trouble + .trouble { border-top: 1px solid var(--line); }
.trouble > .status { line-height: 22px; }
.reason { font-weight: 600; overflow-wrap: anywhere; }
.facts-line { color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; }
.chip { max-width: 280px; padding: 2px 10px; border: 1px solid var(--line); border-radius: 99px; background: var(--surface); font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip:hover, .plain:hover { border-color: var(--soft); }
.chip.more { border-style: dashed; background: none; }
.chip.on { border-color: var(--accent); color: var(--accent); }
.trouble details { margin-top: 4px; font-size: 13.5px; }
@media (max-width: 860px) { .trouble { grid-template-columns: 1fr; } }
.plain { margin-top: 8px; padding: 4px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); font-size: 13.5px; }

.runs { margin-top: 24px; }
.tools { position: sticky; top: 0; z-index: 5; display: grid; gap: 8px; margin: 0 -8px 12px; padding: 10px 8px; background: var(--paper); }
.shelf { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.tools input, .tools select, .choice select { height: 34px; padding: 0 10px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); font-size: 14px; max-width: 220px; }
.tools input { flex: 1 1 240px; max-width: 420px; }
.toggles { display: flex; flex-wrap: wrap; gap: 6px; }
.toggle { display: inline-flex; gap: 7px; align-items: center; height: 30px; padding: 0 11px; border: 1px solid var(--line); border-radius: 99px; background: var(--surface); font-size: 13.5px; }
.toggle::before { content: ''; width: 7px; height: 7px; border-radius: 50%; background: var(--idle); }
.toggle.s-succeeded::before { background: var(--ok); } .toggle.s-failed::before { background: var(--bad); }
.toggle.s-cancelled::before { background: var(--warn); } .toggle.s-unknown::before { background: var(--doubt); }
.toggle b { font-variant-numeric: tabular-nums; font-weight: 600; }
.toggle[aria-pressed=true] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); }
.spring { flex: 1; }
.shown { color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.modes { display: flex; padding: 3px; border-radius: 9px; background: var(--sunken); }
.modes button { height: 28px; padding: 0 11px; border: 0; border-radius: 6px; background: none; font-size: 14px; color: var(--soft); }
.modes button[aria-pressed=true] { background: var(--surface); color: var(--ink); box-shadow: var(--shadow); }
.nothing { padding: 64px 0; text-align: center; color: var(--soft); display: grid; gap: 8px; justify-items: center; }

.pane { position: relative; overflow-anchor: none; contain: layout; }
.slice { display: grid; grid-template-columns: repeat(var(--columns, 4), minmax(0, 1fr)); grid-auto-rows: var(--row, 340px); column-gap: 16px; row-gap: 16px; }
.list .slice { row-gap: 0; }
.card { position: relative; display: flex; flex-direction: column; overflow: hidden; border-radius: 12px; background: var(--surface); box-shadow: var(--shadow); contain: strict; }
.card:focus-within { outline: 2px solid var(--accent); outline-offset: 1px; }
.stage { position: relative; display: block; flex: 1; min-height: 0; width: 100%; padding: 0; border: 0; background: var(--sunken); overflow: hidden; }
.card .stage:focus-visible, .line .stage:focus-visible { outline: none; }
.stage img, .stage video { display: block; width: 100%; height: 100%; object-fit: contain; }
.film { display: block; height: 100%; }
.play { position: absolute; inset: 0; margin: auto; width: 44px; height: 44px; border-radius: 50%; background: rgb(0 0 0 / .55); color: #fff; display: grid; place-items: center; padding-left: 3px; }
.many { position: absolute; top: 8px; right: 8px; min-width: 24px; padding: 1px 7px; border-radius: 99px; background: rgb(20 20 20 / .72); color: #fff; font-size: 12.5px; font-variant-numeric: tabular-nums; }
.words { display: block; height: 100%; padding: 12px; overflow: hidden; text-align: left; font-size: 13px; white-space: pre-wrap; overflow-wrap: anywhere; }
.sign { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 6px; height: 100%; padding: 14px; color: var(--idle); text-align: center; }
.sign.s-failed { background: var(--bad-wash); color: var(--bad); } .sign.s-unknown { background: var(--doubt-wash); color: var(--doubt); }
.sign.s-cancelled { background: var(--warn-wash); color: var(--warn); }
.glyph { font-size: 24px; line-height: 1; }
.sign .note { font-size: 13px; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow-wrap: anywhere; }
.card audio { position: absolute; left: 10px; right: 10px; bottom: 138px; width: calc(100% - 20px); height: 40px; }
.caption { flex: none; height: 128px; padding: 10px 13px 0; }
.caption h3, .what h3 { font-size: 14px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.caption .prompt { height: 40px; color: var(--soft); font-size: 13.5px; line-height: 20px; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere; }
.rest { height: 20px; color: var(--soft); font-size: 12.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.foot { display: flex; justify-content: space-between; gap: 8px; color: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums; white-space: nowrap; overflow: hidden; }
.caption .foot { margin-top: 5px; }
.status { font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.status::before { content: ''; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%; background: currentColor; vertical-align: 1px; }
.status.s-succeeded { color: var(--ok); } .status.s-failed { color: var(--bad); } .status.s-cancelled { color: var(--warn); }
.status.s-unknown { color: var(--doubt); } .status.s-pending { color: var(--idle); }

.pane.list { border-radius: 12px; overflow: hidden; background: var(--surface); box-shadow: var(--shadow); }
.line { display: grid; grid-template-columns: 56px minmax(0, 2.4fr) minmax(0, 1.6fr) minmax(0, .9fr) 112px 150px; gap: 16px; align-items: center; padding: 8px 16px 8px 8px; border-bottom: 1px solid var(--line); contain: strict; }
.line .stage { height: 56px; border-radius: 6px; }
.line .stage:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.line .note { display: none; } .line .glyph { font-size: 16px; } .line .play { transform: scale(.5); }
.line .prompt, .where { color: var(--soft); font-size: 13.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.line .foot { justify-content: flex-end; }
@media (max-width: 860px) { .line { grid-template-columns: 56px minmax(0, 1fr) 100px; } .line .rest, .line .where, .line .foot { display: none; } }

.axes { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin-bottom: 12px; color: var(--soft); font-size: 14px; }
.choice { display: flex; gap: 8px; align-items: center; }
.choice select { color: var(--ink); }
.board { --tile: 180px; } .board.size-s { --tile: 110px; } .board.size-l { --tile: 280px; }
.scroll { overflow: auto; width: fit-content; max-width: 100%; max-height: calc(100vh - 170px); border-radius: 12px; background: var(--surface); box-shadow: var(--shadow); }
.board table { border-collapse: separate; border-spacing: 0; }
.board th, .corner { position: sticky; z-index: 1; background: var(--surface); padding: 8px 12px; font-size: 13.5px; font-weight: 600; text-align: left; }
.board thead th, .corner { top: 0; border-bottom: 1px solid var(--line); }
.board tbody th, .corner { left: 0; min-width: 110px; max-width: 240px; vertical-align: middle; }
.board thead th { max-width: var(--tile); } .corner { z-index: 2; color: var(--soft); font-weight: 400; }
.board th span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; overflow-wrap: anywhere; }
.board td { padding: 4px; vertical-align: top; }
.cell, .empty { display: grid; gap: 3px; width: var(--tile); height: calc(var(--tile) * var(--shape, 1)); border-radius: 8px; overflow: hidden; position: relative; }
.cell.fit-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); grid-auto-rows: minmax(0, 1fr); } .cell.fit-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); grid-auto-rows: minmax(0, 1fr); }
.fit-2 img, .fit-3 img, .cell video { object-fit: cover; }
.fit-2 .note, .fit-3 .note { display: none; } .fit-3 .sign { padding: 4px; } .cell .play { transform: scale(.7); }
.empty { background: var(--paper); }
.extra { position: absolute; right: 6px; bottom: 6px; padding: 1px 7px; border-radius: 99px; background: rgb(20 20 20 / .72); color: #fff; font-size: 12px; }
.cell .stage:focus-visible { outline-offset: -3px; }

.viewer { width: 100vw; height: 100vh; max-width: none; max-height: none; margin: 0; padding: 0; border: 0; background: var(--surface); color: var(--ink); }
.viewer[open] { display: grid; grid-template-columns: minmax(0, 1fr) minmax(320px, 420px); }
.viewer::backdrop { background: rgb(0 0 0 / .6); }
.screen { position: relative; display: grid; min-height: 0; background: #131312; }
.big { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; min-height: 0; min-width: 0; padding: 24px 64px; }
.big > img, .big > video { min-height: 0; max-width: 100%; max-height: 100%; object-fit: contain; border-radius: 4px; }
.big > audio { width: min(560px, 100%); }
.big > .words { width: min(760px, 100%); max-height: 100%; background: var(--surface); }
.big > .sign { width: min(520px, 100%); height: auto; min-height: 220px; border-radius: 12px; }
.big > .sign:not([class*=s-]) { color: #b5b0a5; }
.go { position: absolute; top: 0; bottom: 0; z-index: 1; width: 44px; height: 44px; margin: auto 10px; padding: 0 0 4px; border: 0; border-radius: 50%; background: none; color: #d8d4cb; font-size: 30px; line-height: 1; }
.go:hover:not(:disabled) { color: #fff; background: rgb(255 255 255 / .1); } .go:disabled { opacity: .25; cursor: default; }
.go:focus-visible { outline-color: #8bb8e8; }
.before { left: 0; } .after { right: 0; }
.strip { display: flex; gap: 8px; flex: none; max-width: 100%; overflow-x: auto; padding: 4px; }
.strip button { flex: none; width: 64px; height: 64px; padding: 0; border: 0; border-radius: 6px; overflow: hidden; background: #222; opacity: .6; }
.strip button[aria-current=true] { opacity: 1; outline: 2px solid #fff; outline-offset: 1px; }
.strip img, .strip video { width: 100%; height: 100%; object-fit: cover; }
.strip .sign { padding: 4px; } .strip .note { display: none; }
.panel { display: flex; flex-direction: column; min-height: 0; border-left: 1px solid var(--line); }
.panel header { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 12px; align-items: center; padding: 16px 16px 12px 22px; border-bottom: 1px solid var(--line); }
.panel h2:focus { outline: none; }
.panel h2 { font-size: 17px; font-weight: 650; overflow-wrap: anywhere; line-height: 1.3; }
.place { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.close { width: 34px; height: 34px; border: 0; border-radius: 8px; background: none; } .close:hover { background: var(--sunken); }
.side { flex: 1; min-height: 0; overflow: auto; padding: 16px 22px 32px; }
.side:focus-visible { outline-offset: -2px; }
.side section, .sent { margin-top: 22px; }
.side h3 { margin-bottom: 6px; font-size: 13px; font-weight: 600; color: var(--soft); }
.side .error { margin-top: 10px; padding: 12px 14px; border-radius: 10px; background: var(--bad-wash); }
.side .error.s-unknown { background: var(--doubt-wash); } .side .error.s-cancelled, .side .error.s-pending { background: var(--warn-wash); }
.pair { display: grid; grid-template-columns: 112px minmax(0, 1fr); gap: 12px; padding: 5px 0; border-top: 1px solid var(--line); font-size: 14px; }
.pair:first-child { border-top: 0; }
.pair dt { color: var(--soft); overflow-wrap: anywhere; }
.pair dd { overflow-wrap: anywhere; }
.value { display: block; white-space: pre-wrap; max-height: 220px; overflow: auto; }
.pair small, .files small { color: var(--soft); font-size: 12.5px; }
.files li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 3px 0; font-size: 14px; overflow-wrap: anywhere; }
.sent summary { font-size: 13px; font-weight: 600; }
.again { display: flex; gap: 8px; align-items: flex-start; }
.again code { flex: 1; padding: 6px 10px; border-radius: 8px; background: var(--sunken); overflow-wrap: anywhere; }
.again .plain { margin: 0; }
@media (max-width: 860px) {
  .viewer[open] { grid-template-columns: 1fr; grid-template-rows: minmax(0, 45vh) minmax(0, 1fr); }
  .big { padding: 8px 48px; } .panel { border-left: 0; }
  h1 { font-size: 24px; } .facts { gap: 12px 24px; } .tools { position: static; }
}
@media print {
  :root { --paper: #fff; --shadow: none; }
  .tools, .viewer, .skip { display: none !important; }
  .pane { height: auto !important; } .slice { transform: none !important; grid-template-columns: repeat(3, 1fr); }
  .card { border: 1px solid var(--line); break-inside: avoid; contain: none; } .scroll { max-height: none; overflow: visible; }
  body { padding: 0; }
}
@media (prefers-reduced-motion: no-preference) { .card, .chip, .modes button { transition: box-shadow .15s, border-color .15s, background .15s; } }
`;
