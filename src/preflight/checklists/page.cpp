#include "base/text.h"
#include "base/url.h"
#include "preflight/checklists/tell.h"
#include "report/html.h"
#include <fmt/format.h>

// The page to print: one file, nothing loaded, black on white; on a narrow screen the columns stand below each other.
// Its colours have a contrast of 7 to 1 and more (WCAG 2.2, 1.4.6), and nothing is told by colour alone.
namespace fairlead::preflight {

namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: #fff; color: #1a1a1a;
  font: 1rem/1.45 system-ui, "Liberation Sans", Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .25rem; border-bottom: 2px solid #1a1a1a; break-after: avoid; }
p { margin: .25rem 0; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 4.5rem 7rem 1fr 16rem; gap: .25rem .75rem; padding: .4rem 0;
  border-bottom: 1px solid #595959; break-inside: avoid; overflow-wrap: anywhere; }
.state { font-weight: 700; }
.yes { color: #0b4f1c; } .no, .stale { color: #8a0f0f; } .open { color: #5c3a00; } .na { color: #444; font-weight: 400; }
.id, .who, .help { font-size: .875rem; }
.id { font-family: ui-monospace, "Liberation Mono", monospace; }
.help { color: #444; margin: 0; }
.line { display: inline-block; min-width: 12rem; border-bottom: 1px solid #1a1a1a; height: 1.2rem; }
a { color: #0a3d91; }
@media screen and (max-width: 48rem) { li { grid-template-columns: 4.5rem 1fr; } .what, .who { grid-column: 1 / -1; } }
@page { margin: 15mm; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } a { color: inherit; } .help { color: #1a1a1a; }
  li { grid-template-columns: 4rem 6.25rem 1fr 12.5rem; padding: .25rem 0; } .id, .who, .help { font-size: 8.5pt; } }
)";

std::string html(std::string_view text) { return report::escape_html(text); }

std::string evidence_of(const Signoff& signoff) {
    const auto& evidence = signoff.evidence;
    const bool leads = evidence.starts_with("https://") || evidence.starts_with("http://");
    if (leads && parse_url(evidence).ok()) return fmt::format("<a href=\"{0}\">{0}</a>", html(evidence));
    return html(evidence);
}

std::string who_of(const Outcome& one) {
    if (!one.signoff)
        return one.item->kind == ItemKind::automatic ? "judged by the tool"
                                                     : "signed by <span class=\"line\">&nbsp;</span>";
    const Signoff& signoff = *one.signoff;
    auto text = fmt::format("{}<br>{}, until {}", html(signoff.by), html(signoff.on), html(one.last_day));
    if (!signoff.evidence.empty()) text += "<br>" + evidence_of(signoff);
    if (!signoff.note.empty()) text += "<br>" + html(signoff.note);
    return text;
}

std::string item_of(const Outcome& one) {
    const bool applies = one.state != ItemState::not_applicable;
    const auto mark = one.state == ItemState::yes ? "&#9745;" : applies ? "&#9744;" : "&ndash;";
    auto what = html(one.item->text);
    if (one.state != ItemState::yes && !one.why.empty()) {
        const auto found = one.attached.empty() ? std::string() : ": " + one.attached[0];
        what += fmt::format("<p class=\"help\">{}</p>", html(one.why + found));
    }
    if (one.state != ItemState::yes && applies && !one.item->help.empty())
        what += fmt::format("<p class=\"help\">{}</p>", html(one.item->help));
    return fmt::format(
        "<li><span class=\"state {}\">{} {}</span><span class=\"id\">{}</span><div class=\"what\">{}</div>"
        "<div class=\"who\">{}</div></li>\n",
        applies ? name_of(one.state) : "na", mark, applies ? name_of(one.state) : "n/a", html(one.item->id), what,
        applies ? who_of(one) : "");
}

}

std::string page_of(const JudgedList& judged, GroupBy by) {
    const auto title = fmt::format("{}: {}", judged.list.title,
                                   judged.phase == ItemPhase::before  ? "before the deployment"
                                   : judged.phase == ItemPhase::after ? "after the deployment"
                                                                      : "drills");
    std::string page;
    if (!judged.list.about.empty()) page += fmt::format("<p>{}</p>\n", html(judged.list.about));
    const auto where = judged.environment.empty() ? "" : "environment " + html(judged.environment) + ", ";
    page += fmt::format("<p>{}; {}judged as {}</p>\n<p>{}</p>\n", html(judged.today), where, html(judged.profile),
                        html(facts_of(judged)));
    if (!judged.ask.empty()) page += fmt::format("<p>Signed by: {}</p>\n", html(one_of(judged.ask)));
    for (const auto& group : grouped(judged, by)) {
        page += fmt::format("<section>\n<h2>{}</h2>\n<ul>\n", html(group.title));
        for (const Outcome* one : group.items) page += item_of(*one);
        page += "</ul>\n</section>\n";
    }
    return report::html_page(title, style, page);
}

}
