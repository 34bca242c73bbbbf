#pragma once
// The style sheet of the proof's page.
#include <string_view>

namespace innkeeper {

inline constexpr std::string_view proof_page_style = R"css(
:root { color-scheme: light dark; --text: #1b1f24; --dim: #59636e; --page: #fff; --card: #f6f8fa; --line: #d1d9e0;
  --good: #116329; --good-bg: #dafbe1; --bad: #a40e26; --bad-bg: #ffebe9; --notice: #7d4e00; --notice-bg: #fff8c5;
  --quiet: #eff2f5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --page: #0d1117; --card: #151b23;
  --line: #3d444d; --good: #56d364; --good-bg: #12261e; --bad: #ff8e86; --bad-bg: #3a1618; --notice: #e3b341;
  --notice-bg: #2b2410; --quiet: #1c232c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 76rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; } p { margin: .25rem 0; }
.dim { color: var(--dim); } code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
.verdict { padding: .75rem 1rem; border-radius: .5rem; font-weight: 600; margin: 1rem 0; }
.verdict.good { background: var(--good-bg); color: var(--good); }
.verdict.bad { background: var(--bad-bg); color: var(--bad); }
nav a { margin-right: 1rem; } a { color: inherit; }
article { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--line);
  border-radius: .4rem; padding: .75rem 1rem; margin: .75rem 0; }
article.critical, article.high { border-left-color: var(--bad); }
article.medium, article.drift { border-left-color: var(--notice); }
article h4 { margin: 0 0 .35rem; font-size: 1rem; }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600;
  background: var(--quiet); margin-right: .5rem; }
.tag.critical, .tag.high { background: var(--bad-bg); color: var(--bad); }
.tag.medium, .tag.drift { background: var(--notice-bg); color: var(--notice); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .35rem 0; }
dt { color: var(--dim); } dd { margin: 0; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem;
  margin: .5rem 0 0; white-space: pre-wrap; user-select: all; }
table { border-collapse: collapse; } caption { text-align: left; color: var(--dim); padding-bottom: .5rem; }
.list th, .list td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
.list td.n, .list th.n { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: .4rem; }
.scroll:focus-visible { outline: 2px solid currentColor; }
.matrix { border-collapse: separate; border-spacing: 0; font-size: .8rem; line-height: 1.25; overflow-wrap: normal; }
.matrix th { font-weight: 500; background: var(--card); white-space: nowrap; text-align: left; }
.matrix thead th { position: sticky; top: 0; z-index: 2; vertical-align: bottom; padding: .35rem .2rem; }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }
.matrix th[scope=row] { position: sticky; left: 0; z-index: 1; padding: .1rem .75rem; }
.matrix thead th:first-child { left: 0; z-index: 3; padding-left: .75rem; }
.matrix td { text-align: center; min-width: 1.5rem; padding: .1rem .2rem; border-left: 1px solid var(--line);
  border-top: 1px solid var(--line); color: var(--dim); }
.matrix td.o, .matrix td.s, .matrix td.r { background: var(--good-bg); color: var(--good); font-weight: 600; }
.matrix td.l, .matrix td.f { background: var(--bad-bg); color: var(--bad); font-weight: 700; }
.matrix td.u { background: var(--notice-bg); color: var(--notice); }
.matrix td[colspan] { text-align: left; padding-left: .5rem; background: var(--quiet); }
.legend span { margin-right: 1.25rem; white-space: nowrap; }
@media print { .scroll { max-height: none; overflow: visible; } article { break-inside: avoid; } }
)css";

}  // namespace innkeeper
