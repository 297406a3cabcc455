/** The look of report.html: comparing with the batch before, and choosing runs to compare. */
export const changes = `
.compared { margin-bottom: 8px; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; } .compared b { color: var(--ink); font-weight: 600; }
.both .stage { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2px; background: var(--line); }
.side-of { position: relative; min-height: 0; background: var(--sunken); overflow: hidden; }
.when { position: absolute; left: 8px; top: 8px; padding: 1px 8px; border-radius: 99px; background: rgb(20 20 20 / .72); color: #fff; font-size: 12px; }
.verdict { font-size: 12.5px; font-weight: 600; } .verdict::before { content: ''; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%; background: currentColor; vertical-align: 1px; }
.v-worse .verdict { color: var(--bad); } .v-changed .verdict { color: var(--warn); } .v-added .verdict { color: var(--accent); }
.v-removed .verdict { color: var(--idle); } .v-better .verdict { color: var(--ok); } .v-same .verdict { color: var(--soft); }
.toggle.v-worse::before { background: var(--bad); } .toggle.v-changed::before { background: var(--warn); } .toggle.v-added::before { background: var(--accent); } .toggle.v-better::before { background: var(--ok); }
.delta { margin-left: 12px; color: var(--soft); font-size: 13.5px; font-variant-numeric: tabular-nums; }

.pick { position: absolute; z-index: 1; top: 8px; left: 8px; width: 30px; height: 30px; padding: 0; border: 0; border-radius: 8px; background: rgb(20 20 20 / .72); color: #fff; font-size: 15px; line-height: 30px; opacity: 0; }
.card:hover .pick, .card:focus-within .pick, .line:hover .pick, .line:focus-within .pick, .picking .pick, .pick[aria-pressed=true] { opacity: 1; }
.pick[aria-pressed=true] { background: var(--accent); color: var(--surface); }
.pick:focus-visible { outline-color: #fff; outline-offset: -3px; }
.line .pick { top: 21px; left: 72px; }
@media (hover: none) { .pick { opacity: 1; } }
.pinned { position: fixed; z-index: 6; left: 50%; bottom: 18px; transform: translateX(-50%); display: flex; gap: 14px; align-items: center; max-width: calc(100vw - 32px); padding: 8px 10px 8px 18px; border-radius: 12px; background: var(--ink); color: var(--paper); font-size: 14px; box-shadow: 0 6px 24px rgb(0 0 0 / .25); }
.pinned span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .pinned .plain { flex: none; margin: 0; color: var(--ink); }
`;
