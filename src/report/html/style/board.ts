/** The look of report.html: the grid. */
export const board = `
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
.board td { padding: 4px; vertical-align: top; } .board td.spacer { padding: 0; } .board td.corner { padding: 8px 12px; }
.cell, .empty { display: grid; gap: 3px; width: var(--tile); height: var(--cell, var(--tile)); border-radius: 8px; overflow: hidden; position: relative; }
.cell.fit-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); grid-auto-rows: minmax(0, 1fr); } .cell.fit-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); grid-auto-rows: minmax(0, 1fr); }
.fit-2 img, .fit-3 img, .cell video { object-fit: cover; }
.fit-2 .note, .fit-3 .note { display: none; } .fit-3 .sign { padding: 4px; } .cell .play { transform: scale(.7); }
.empty { background: var(--paper); }
.extra { border: 0; position: absolute; right: 6px; bottom: 6px; padding: 1px 7px; border-radius: 99px; background: rgb(20 20 20 / .72); color: #fff; font-size: 12px; }
.cell .stage:focus-visible { outline-offset: -3px; }
`;
