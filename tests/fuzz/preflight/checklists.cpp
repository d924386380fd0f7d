// A checklist, its sign-offs or a Markdown file: what is read can be written, and is read back the same; what is judged
// ends in one of five states.
#include "preflight/checklists/catalog.h"
#include "preflight/checklists/judge.h"
#include "preflight/checklists/left_over.h"
#include "preflight/checklists/read.h"
#include "preflight/checklists/signoffs.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::preflight;

extern "C" int fuzz_preflight_checklists(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    Checklist list;
    list.name = "x";
    if (const auto read = read_checklist(text, "x.yml", "x"); read.ok()) {
        list = read.value();
        for (const Item& item : list.items)
            if (item.rules.empty() && item.command.empty() && item.help.empty()) std::abort();
    }
    if (const auto signoffs = read_signoffs(text, "x.yml"); signoffs.ok()) {
        const auto written = write_signoffs(list, signoffs.value());
        const auto again = read_signoffs(written, "x.yml");
        if (!again.ok() || write_signoffs(list, again.value()) != written) std::abort();
        for (const auto& finding : left_over(list, signoffs.value()))
            if (finding.file.empty() || finding.line < 1) std::abort();
    }
    const auto before = list.items.size();
    import_markdown(text, "docs/x.md", list);
    for (std::size_t at = before; at < list.items.size(); ++at)
        if (!is_item_id(list.items[at].id) || list.items[at].text.empty()) std::abort();
    Project project;
    const config::Config config;
    Seen seen;
    seen.now = *parse_utc("2026-06-15T12:00:00Z");
    seen.is_in_repository = [](const std::string&) { return false; };
    const Around around{project, config, "", config::Profile::production, [] { return true; }};
    for (const Item& item : list.items)
        if (judge_item(list, item, around, seen).state == ItemState::yes && item.kind != ItemKind::automatic)
            std::abort();
    return 0;
}
