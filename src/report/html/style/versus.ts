/** The look of report.html: two runs side by side. */
export const versus = `
.viewer.two[open] { grid-template-columns: minmax(0, 1fr) minmax(380px, 560px); }
.halves { flex: 1; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; width: 100%; min-height: 0; }
.halves figure { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 10px; min-width: 0; min-height: 0; margin: 0; }
.halves figcaption { display: flex; gap: 10px; max-width: 100%; color: #b5b0a5; font-size: 13px; } .halves figcaption b { color: #fff; font-weight: 600; }
.halves figcaption span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.halves img, .halves video { min-height: 0; max-width: 100%; max-height: 100%; object-fit: contain; border-radius: 4px; }
.halves audio { width: 100%; } .halves .words { width: 100%; max-height: 100%; background: var(--surface); }
.halves .sign { width: 100%; height: auto; min-height: 220px; border-radius: 12px; } .halves .sign:not([class*=s-]) { color: #b5b0a5; }
.two .big { padding: 24px 56px; }
.big.zoomed { display: block; overflow: auto; padding: 0; } .big.zoomed > img { display: block; width: auto !important; min-width: 100%; max-width: none; max-height: none; margin: auto; border-radius: 0; cursor: zoom-out; image-rendering: auto; }
.big.zoomed .strip { position: sticky; left: 0; bottom: 0; }
.big.zoomed .halves { height: 100%; } .big.zoomed .halves figure { display: block; overflow: auto; } .big.zoomed .halves img { width: auto !important; max-width: none; max-height: none; }
.big img { cursor: zoom-in; }
.versus { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 13.5px; }
.versus td, .versus th { padding: 6px 10px 6px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.versus thead td, .versus thead th { border-top: 0; padding-top: 0; color: var(--soft); font-size: 12.5px; font-weight: 600; }
.versus tbody th { width: 96px; color: var(--soft); font-weight: 400; } .versus thead td { width: 96px; }
.versus mark, .value mark { padding: 0 2px; border-radius: 3px; background: var(--mark); color: inherit; }
.none { color: var(--soft); font-style: italic; }
.hint { margin-top: 8px; color: var(--soft); font-size: 13.5px; }
.panel footer { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; justify-content: space-between; padding: 9px 22px; border-top: 1px solid var(--line); }
.panel footer .plain { margin: 0; } .keys { color: var(--soft); font-size: 12.5px; }
@media (max-width: 860px) { .viewer.two[open] { grid-template-columns: 1fr; } .keys { display: none; } .two .big { padding: 8px 44px; } .panel footer { justify-content: flex-end; } }
@media (hover: none) { .keys { display: none; } }
`;
