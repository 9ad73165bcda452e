"""How the page of an inspection looks, on paper and in a dark room too."""

STYLESHEET = """
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --soft: #566273; --faint: #d9dee5;
  --well: #1f7a6d; --note: #35618f; --warn: #b7791f; --block: #c0342b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1b212a; --ink: #e6eaf0; --soft: #9aa7b8; --faint: #343d4a;
    --well: #4db6a5; --note: #7fb0e6; --warn: #e5b454; --block: #f0776c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 84rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .7rem; }
p { margin: .2rem 0; }
.soft { color: var(--soft); }
code { font: .92em ui-monospace, Consolas, monospace; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.4rem 0 0; padding: 0; }
.tile {
  flex: 1 1 9rem; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--faint);
  border-top: 4px solid var(--soft); border-radius: 6px; list-style: none;
}
.tile strong { display: block; font-size: 1.8rem; line-height: 1.15; font-weight: 600; }
.tile.block { border-top-color: var(--block); }
.tile.warn { border-top-color: var(--warn); }
.tile.note { border-top-color: var(--note); }
.tile.well { border-top-color: var(--well); }
.sheet {
  overflow-x: auto; background: var(--card); border: 1px solid var(--faint); border-radius: 6px;
}
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td {
  padding: .45rem .75rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--faint);
}
tr:last-child > td, tr:last-child > th[scope=row] { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: .85rem; white-space: nowrap; }
th[scope=row] { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
.wide { min-width: 15rem; overflow-wrap: anywhere; }
.time { white-space: nowrap; }
.untold { color: var(--soft); font-style: italic; }
.badge {
  display: inline-block; padding: 0 .55em; border: 1px solid currentColor; border-radius: 1em;
  font-size: .82rem; font-weight: 600; white-space: nowrap;
}
.badge.block { color: var(--card); background: var(--block); border-color: var(--block); }
.badge.warn { color: var(--warn); }
.badge.note { color: var(--note); }
.badge.well { color: var(--well); }
.badge.incomplete { color: var(--soft); border-style: dashed; }
.plots { columns: 32rem 2; column-gap: .8rem; margin-top: .6rem; }
figure {
  break-inside: avoid; margin: 0 0 .8rem; padding: .9rem 1rem; background: var(--card);
  border: 1px solid var(--faint);
  border-radius: 6px;
}
figcaption { font-weight: 600; margin-bottom: .4rem; }
figure svg { display: block; width: 100%; height: auto; stroke-linejoin: round; }
figure svg text { font-family: inherit !important; }
.warn-line, .block-line { border-bottom: 2px dashed var(--warn); }
.block-line { border-color: var(--block); }
@media print { body { max-width: none; padding: 0; } tr { break-inside: avoid; } }
"""
