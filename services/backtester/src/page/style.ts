/** The colours of the dashboard. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #eef1f5; --panel: #fff; --border: #d5dce5; --text: #17202b;
  --dim: #556170; --accent: #1559c7; --up: #0b7350; --down: #c02239; --down-soft: #c0223933; }
@media (prefers-color-scheme: dark) { :root { --bg: #0b0e13; --panel: #12161d; --border: #242c38;
  --text: #d9e0e8; --dim: #8f9bab; --accent: #6aa8ff; --up: #35c08b; --down: #ff6b7d;
  --down-soft: #ff6b7d33; } }
body { margin: 0; background: var(--bg); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1000px; margin: 0 auto; padding: 16px; }
h1 { font-size: 20px; overflow-wrap: anywhere; } h2 { font-size: 15px; margin: 24px 0 8px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 16px; }
.columns table { align-self: start; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; background: var(--panel); border: 1px solid var(--border);
  width: 100%; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--border);
  overflow-wrap: anywhere; }
.wide th, .wide td { white-space: nowrap; }
th { color: var(--dim); font-weight: 500; }
th[scope=row], th:first-child { text-align: left; }
.up { color: var(--up); } .down { color: var(--down); }
svg { width: 100%; min-width: 720px; height: auto; box-sizing: border-box;
  background: var(--panel); border: 1px solid var(--border); }
svg line { stroke: var(--border); } svg text { fill: var(--dim); font-size: 11px; }
svg text.value { text-anchor: end; dominant-baseline: middle; }
svg polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; }
svg polygon { fill: var(--down-soft); } svg polygon + polyline { stroke: var(--down); }
`;
