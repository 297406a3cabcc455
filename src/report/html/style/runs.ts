/** The look of report.html: the tools, the gallery's cards and the list's lines. */
export const runs = `
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
.film { position: relative; display: block; height: 100%; }
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
.line { position: relative; display: grid; grid-template-columns: 56px minmax(0, 2.4fr) minmax(0, 1.6fr) minmax(0, .9fr) 112px 150px; gap: 16px; align-items: center; padding: 8px 16px 8px 8px; border-bottom: 1px solid var(--line); contain: strict; }
.line .stage { height: 56px; border-radius: 6px; }
.line .stage:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.line .note { display: none; } .line .glyph { font-size: 16px; } .line .play { transform: scale(.5); }
.line .prompt, .where { color: var(--soft); font-size: 13.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.line .foot { justify-content: flex-end; }
@media (max-width: 860px) { .line { grid-template-columns: 56px minmax(0, 1fr) 100px; } .line .rest, .line .where, .line .foot { display: none; } }
`;
