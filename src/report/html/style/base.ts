/** The look of report.html: paper and ink, colour only where it tells a status; the head of the page. */
export const base = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f2; --surface: #ffffff; --sunken: #eceae5; --ink: #1f1e1c; --soft: #6a675f; --line: #dfdcd5;
  --accent: #2b5c8f; --ok: #3f7d56; --bad: #b23a2e; --bad-wash: #fbeeec; --warn: #8a5a0b; --warn-wash: #fbf3e2;
  --doubt: #6b4a9e; --doubt-wash: #f3eefa; --idle: #66625a; --mark: #fbe3a4;
  --bar-ok: #3f7d56; --bar-bad: #b23a2e; --bar-warn: #8a5a0b; --bar-idle: #77726a;
  --shadow: 0 1px 2px rgb(30 25 15 / .06), 0 4px 14px rgb(30 25 15 / .05);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161615; --surface: #201f1e; --sunken: #2a2927; --ink: #ebe8e1; --soft: #a29d92; --line: #343230;
    --accent: #8bb8e8; --ok: #7cc096; --bad: #f0897c; --bad-wash: #331f1c; --warn: #e0b15c; --warn-wash: #2f2716;
    --doubt: #c0a5ee; --doubt-wash: #29213a; --idle: #968f83; --mark: #5c4a17; --bar-ok: #37704c; --bar-bad: #a8473c; --bar-warn: #84622a; --bar-idle: #6b665d; --shadow: 0 1px 2px rgb(0 0 0 / .4);
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
`;
