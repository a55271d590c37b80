"""How the page of the money proof looks, on a light screen, a dark one and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #5b6675; --paper: #fff; --rule: #d5dae1;
  --good: #14713d; --bad: #b3261e; --draft: #a9b4c2; --open: #d98e04; --paid: #2f7d4f; --bar: #4571b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --quiet: #9aa6b5; --paper: #14181e; --rule: #333c47;
  --good: #63c98c; --bad: #ff8a80; --draft: #5f6b79; --open: #e0a63a; --paid: #57b07c; --bar: #7aa2e3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--rule); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .2rem; }
p, ul { margin: .3rem 0 .8rem; }
.quiet { color: var(--quiet); }
.verdict { border-left: .4rem solid; padding: .6rem .9rem; font-weight: 600; margin: 1rem 0; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .2rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; width: 100%; max-width: 42rem; margin: .8rem 0; }
svg text { fill: var(--ink); font-size: 13px; }
rect { fill: var(--bar); }
.phase-draft { fill: var(--draft); background: var(--draft); }
.phase-open { fill: var(--open); background: var(--open); }
.phase-paid { fill: var(--paid); background: var(--paid); }
.legend { color: var(--quiet); font-size: .85rem; }
.legend i { display: inline-block; width: .75em; height: .75em; margin: 0 .4em 0 .8em; }
.cause-unexplained, .cause-failed, .cause-missing { fill: var(--bad); }
@media print { body { font-size: 11px; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""
