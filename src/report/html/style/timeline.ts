/** The look of report.html: when each task held a slot. */
export const timeline = `
.timeline .facts { margin: 0 0 14px; }
.timeline .axes .spring { flex: 1; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13.5px; }
.key::before { content: ''; display: inline-block; width: 18px; height: 10px; margin-right: 7px; border-radius: 3px; background: var(--bar, var(--idle)); }
.key.wait::before { background: repeating-linear-gradient(135deg, var(--idle) 0 2px, transparent 2px 5px); opacity: .8; }
.s-succeeded { --bar: var(--bar-ok); } .s-failed { --bar: var(--bar-bad); } .s-cancelled { --bar: var(--bar-warn); } .s-pending { --bar: var(--bar-idle); }
.timeline .scroll { width: 100%; max-height: 64vh; overflow: auto; padding-top: 6px; }
.chart { position: sticky; left: 0; display: block; }
.span { cursor: pointer; } .span rect, rect.span { fill: var(--bar); } .span .wait { fill: var(--surface); opacity: .45; }
.span text { fill: #fff; font-size: 12px; pointer-events: none; }
.span:hover rect, .span.on rect, rect.span.on { filter: brightness(1.18); } .span.on rect:first-child, rect.span.on { stroke: var(--ink); stroke-width: 2; }
.span.dim { opacity: .18; }
.tick { stroke: var(--line); } .tick-text, .lane { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.gutter { fill: var(--surface); } .lane.share { fill: var(--ink); font-weight: 600; }
.told { min-height: 24px; margin-top: 10px; color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
`;
