#include "agent/pages/html.h"

namespace cal {

// Contrasts are those of WCAG AA at least, in both schemes.
std::string_view style_sheet() {
  return R"(:root {
  color-scheme: light dark;
  --text: #1c2024; --back: #f6f7f8; --card: #ffffff; --line: #d0d5da; --soft: #565f69;
  --clear: #1a6e3c; --present: #b3261e; --unknown: #7a4a00; --link: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ec; --back: #14171a; --card: #1d2125; --line: #3a4148; --soft: #a3adb8;
    --clear: #6fd39a; --present: #ff9c92; --unknown: #f0c06a; --link: #8ec5ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer, [role=status] { margin: 0 auto; max-width: 90rem; padding: 0 1rem; }
header { padding-top: .6rem; }
[role=status]:not(:empty) { position: sticky; top: 0; z-index: 1; padding: .7rem 1rem;
  color: var(--back); background: var(--present); font-weight: 700; }
nav a { margin-right: 1rem; }
nav a:first-child { font-weight: 700; }
a { color: var(--link); }
:focus-visible { outline: .2rem solid var(--link); outline-offset: .15rem; }
h1 { font-size: 1.4rem; margin: .6rem 0; }
h2 { font-size: 1.25rem; margin: 1rem 0 .4rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .4rem 0; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { background: var(--card); border: 1px solid var(--line); padding: .6rem; white-space: pre-wrap; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.soft, footer { color: var(--soft); font-size: .875rem; }
.network { margin: 1rem 0 2rem; }
.card { background: var(--card); border: 1px solid var(--line); border-left: .4rem solid var(--line);
  border-radius: .4rem; padding: .7rem 1rem; margin: 0 0 .8rem; }
.clear { --state: var(--clear); }
.present { --state: var(--present); }
.unknown { --state: var(--unknown); }
.note { --state: var(--soft); }
.card.clear, .card.present, .card.unknown { border-left-color: var(--state); }
.badge { color: var(--state); font-weight: 700; white-space: nowrap; }
.headline { font-size: 1.2rem; }
.probes { columns: 26rem; column-gap: .8rem; }
.probes .card { break-inside: avoid; }
ul, ol { margin: .4rem 0; padding-left: 1.2rem; }
.evidence, .phases { list-style: none; padding-left: 0; }
.evidence > li { padding: .15rem 0; }
.ladder { list-style: none; padding: 0; margin: .3rem 0; }
.ladder li { border-left: .25rem solid var(--clear); padding: .1rem 0 .1rem .7rem; }
.present > .ladder li:last-child { border-left-color: var(--present); font-weight: 700; }
.chain { list-style: none; padding: 0; display: inline-flex; flex-wrap: wrap; gap: .2rem; margin: 0; }
.chain li + li::before { content: "→ "; color: var(--soft); }
.chain li { margin-right: .2rem; }
mark { background: none; color: var(--state); font-weight: 700; }
meter, progress { vertical-align: middle; width: 7rem; max-width: 40%; }
.phases { display: flex; flex-wrap: wrap; gap: 0 1.2rem; color: var(--soft); font-size: .875rem; }
.phases progress { width: 3rem; }
details > summary { cursor: pointer; color: var(--link); }
.runs { list-style: none; padding: 0; }
form { margin: .6rem 0; }
.networks { list-style: none; padding: 0; background: var(--card); border: 1px solid var(--line); }
.networks li { display: grid; gap: .2rem 1rem; grid-template-columns: 14rem 9rem 1fr;
  padding: .4rem .8rem; border-top: 1px solid var(--line); }
@media (max-width: 45rem) { .networks li { grid-template-columns: 1fr; } }
table { border-collapse: collapse; width: 100%; background: var(--card); }
th, td { overflow-wrap: break-word; }
@media (max-width: 60rem) {
  .runbook table { font-size: .875rem; }
  .runbook td { overflow-wrap: anywhere; }
  .runbook th, .runbook td { padding: .2rem .35rem; }
}
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
input, button { font: inherit; padding: .2rem .5rem; max-width: 100%; }
)";
}

}  // namespace cal
