/** The style of a report: no fonts and no pictures from elsewhere, light and dark by the reader's own setting. */

export const STYLE = `:root{color-scheme:light dark;--page:#fcfcfb;--card:#f4f4f1;--ink:#1c1c1a;--soft:#5d5c57;--rule:#dcdbd5;--grid:#e9e8e3;--good:#08783a;--bad:#c02a2a;
--c0:#2a6fd6;--c1:#c4560b;--c2:#0f8a66;--c3:#8b46c9;--c4:#b08400;--c5:#c53078;--c6:#4b6a80;--c7:#6d7d12;--stale:#c4560b;--best:#2a6fd6;--up:#9fc4a8;--down:#c9484a;--cut:#d59a1b;--stall:#8b46c9}
@media(prefers-color-scheme:dark){:root{--page:#171816;--card:#20211f;--ink:#ecebe6;--soft:#a6a59d;--rule:#3a3b37;--grid:#2b2c29;--good:#5fcf8a;--bad:#ff7a73;
--c0:#6ea8ff;--c1:#f2944d;--c2:#45c9a0;--c3:#bf8cf2;--c4:#d9b43c;--c5:#f07fb0;--c6:#95b2c6;--c7:#b3c455;--stale:#f2944d;--best:#6ea8ff;--up:#3f6b4b;--down:#e06a66;--cut:#d9a940;--stall:#bf8cf2}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,header{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;margin:40px 0 8px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:15px;margin:22px 0 6px}
p{margin:6px 0 10px;max-width:76ch}
.lead,.note,figcaption,dt{color:var(--soft)}
.note{font-size:13px}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:14px 0 0;font-size:14px}
a{color:var(--c0)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:10px 0}
dd{margin:0;overflow-wrap:anywhere}
.verdict{display:inline-block;margin:12px 0 4px;padding:6px 12px;border-radius:6px;border:1px solid currentColor;font-weight:600;overflow-wrap:anywhere}
.verdict.good{color:var(--good)}.verdict.bad{color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(122px,1fr));gap:10px;margin:16px 0}
.tile{background:var(--card);border-radius:8px;padding:10px 14px}
.tile b{display:block;font-size:21px;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
.scroll{overflow-x:auto;margin:10px 0;max-height:560px;overflow-y:auto}
table{border-collapse:collapse;font-size:14px;min-width:50%}
th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--rule);vertical-align:top}
th{font-weight:600;color:var(--soft);position:sticky;top:0;background:var(--page)}
td{overflow-wrap:anywhere}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.short{white-space:nowrap}
figure{margin:14px 0 20px}
figcaption{font-size:14px;font-weight:600;color:var(--ink);margin-bottom:4px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:0 24px}
svg{display:block}
svg.plot{width:100%;height:auto}
svg.wide{min-width:760px;width:100%;height:auto}
svg text{font-family:inherit;font-size:11px;fill:var(--soft)}
svg .axis{font-size:12px}
svg .name{fill:var(--ink)}
.grid{stroke:var(--grid);fill:none}.base{stroke:var(--rule);fill:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 4px;padding:0;font-size:13px;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:6px}
.line{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linejoin:round}.dashed{stroke-dasharray:5 4}
.error{stroke:var(--c);fill:none;stroke-width:1.2}
.series circle,.series .mark{fill:var(--c);stroke:var(--page);stroke-width:.8}
.bars rect{fill:var(--c)}.bars .error{stroke:var(--ink)}
${Array.from({ length: 8 }, (_, color) => `.c${color}{--c:var(--c${color})}`).join("")}
.fault.cut{fill:var(--cut)}.split{fill:var(--cut);opacity:.16}
.absent{fill:var(--grid)}.on-best{fill:var(--up)}.behind{fill:var(--c4)}.on-stale{fill:var(--stale)}.stalled{fill:var(--stall)}.down{fill:var(--down)}.event{fill:var(--ink)}
.legend .split{opacity:.45}
.edge{fill:none;stroke:var(--best);stroke-width:1.4}.edge.stale{stroke:var(--stale);stroke-dasharray:3 2}
.block{fill:var(--best);stroke:var(--page);stroke-width:.6}.block.stale{fill:var(--stale)}
.arc{fill:none;stroke:var(--c3);stroke-width:1.3}.arc:hover{stroke-width:3}
.block.picked{stroke:var(--ink);stroke-width:2.5}
.tree{background:var(--card);border-radius:8px}
.switches{display:flex;flex-wrap:wrap;align-items:center;gap:6px 10px;font-size:13px;color:var(--soft);margin:6px 0;min-height:30px}
button{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:5px;padding:1px 9px;cursor:pointer}
@media print{.scroll{max-height:none;overflow:visible}}
`;
