"""How the page of the money proof looks, on a light screen, a dark one, a narrow one and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #5b6675; --paper: #fff; --rule: #d5dae1; --card: #f6f7f9;
  --good: #14713d; --bad: #b3261e; --draft: #a9b4c2; --open: #d98e04; --paid: #2f7d4f; --bar: #4571b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --quiet: #9aa6b5; --paper: #14181e; --rule: #333c47;
  --card: #1b2129; --good: #63c98c; --bad: #ff8a80; --draft: #5f6b79; --open: #e0a63a; --paid: #57b07c; --bar: #7aa2e3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: break-word; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--rule); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .2rem; }
p, ul { margin: .3rem 0 .8rem; }
ul { padding-left: 1.3rem; }
.quiet { color: var(--quiet); }
.verdict { border-left: .4rem solid; padding: .6rem .9rem; font-weight: 600; margin: 1rem 0; background: var(--card); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .2rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
th { font-weight: 600; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; width: 100%; max-width: 42rem; margin: .8rem 0; }
svg text { fill: var(--ink); font-size: 13px; }
rect { fill: var(--bar); }
.phase-draft { fill: var(--draft); background: var(--draft); }
.phase-open { fill: var(--open); background: var(--open); }
.phase-paid { fill: var(--paid); background: var(--paid); }
.legend { color: var(--quiet); font-size: .85rem; }
.legend i { display: inline-block; width: .75em; height: .75em; margin: 0 .4em 0 0; }
.legend i + i, .legend i ~ i { margin-left: .8em; }
.cause-unexplained, .cause-failed, .cause-missing { fill: var(--bad); }
@media screen and (max-width: 40rem) {
  svg text { font-size: 18px; }
  th, td { padding-right: .6rem; }
  .wide, .wide caption, .wide tbody, .wide tr, .wide td { display: block; }
  .wide thead { display: none; }
  .wide tr { background: var(--card); border-radius: .4rem; padding: .5rem .8rem; margin: .5rem 0; }
  .wide td { display: flex; justify-content: space-between; gap: 1rem; text-align: right; white-space: normal;
    border: 0; padding: .1rem 0; }
  .wide td::before { content: attr(data-label); color: var(--quiet); text-align: left; flex: none; }
  .wide td:empty { display: none; }
  .wide td:first-child { font-weight: 600; text-align: left; }
  .wide td:first-child::before, .wide td[data-label=""]::before, .wide td[data-label="Why"]::before { content: none; }
  .wide td[data-label="Why"] { display: block; text-align: left; }
}
@media print { body { font-size: 11px; } h2, h3 { break-after: avoid; } tr, svg { break-inside: avoid; } }
"""
