/** The look of report.html: on paper. */
export const print = `
@media screen { .unprinted { display: none; } }
@media print {
  :root { --paper: #fff; --shadow: none; }
  .unprinted { display: block; margin-top: 12px; color: var(--soft); }
  .tools, .viewer, .skip, .pick, .pinned, .axes .modes, .told { display: none !important; }
  .pane { height: auto !important; } .slice { transform: none !important; }
  .gallery .slice { grid-template-columns: repeat(3, 1fr); } .changes .slice { grid-template-columns: repeat(2, 1fr); }
  .card { border: 1px solid var(--line); break-inside: avoid; contain: none; } .scroll { max-height: none; overflow: visible; }
  body { padding: 0; }
}
@media (prefers-reduced-motion: no-preference) { .card, .chip, .modes button { transition: box-shadow .15s, border-color .15s, background .15s; } }
`;
