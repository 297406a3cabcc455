/** The look of report.html: one run in full. */
export const viewer = `
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
.thumb { display: block; height: 100%; } .strip .words { padding: 4px; font-size: 9px; color: #d8d4cb; }
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
`;
