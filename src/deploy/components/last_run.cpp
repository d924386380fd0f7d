#include "deploy/components/last_run.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;

sys::Path last_run_file(const Group& group) { return sys::Path(group.state) / "components.json"; }

}

std::string to_json(const LastRun& run) {
    Json object{{"schema", 1}, {"done", run.done}, {"parts", Json::array()}};
    for (const auto& [component, release, previous] : run.parts)
        object["parts"].push_back({{"component", component}, {"release", release}, {"previous", previous}});
    return ledger::checked_text(std::move(object), "", 2);
}

Result<LastRun> parse_last_run(std::string_view text, const std::string& file) {
    const auto object = TRY(ledger::read_checked(text, file, "", "fairlead-deploy"));
    const auto wrong = could_not(
        "this is not the record of a run of all components; move the file away, and roll back with --component NAME",
        {.file = file, .line = 1});
    if (!object.is_object() || object.value("schema", Json()) != Json(1) || !object.contains("parts") ||
        !object["parts"].is_array() || !object.contains("done") || !object["done"].is_boolean())
        return wrong;
    LastRun run{.parts = {}, .done = object["done"].get<bool>()};
    for (const auto& one : object["parts"]) {
        run.parts.push_back(
            {sys::text_of(one, "component"), sys::text_of(one, "release"), sys::text_of(one, "previous")});
        if (run.parts.back().component.empty() || run.parts.back().release.empty()) return wrong;
    }
    return run;
}

Result<LastRun> read_last_run(const Group& group) {
    const auto file = last_run_file(group);
    const auto text = TRY(ledger::read_or_empty(file));
    if (text.empty() && sys::inspect(file).type == sys::FileType::absent) return LastRun{};
    auto run = parse_last_run(text, file.string());
    if (run.ok()) return run;
    sys::log_warning(ledger::told_with_place(run.error()));
    return LastRun{};
}

Result<void> write(const Group& group, const LastRun& run) {
    return sys::write_file(last_run_file(group), to_json(run), ledger::file_mode);
}

void add(LastRun& run, LastRun::One part) {
    const auto known = std::find_if(run.parts.begin(), run.parts.end(),
                                    [&](const auto& one) { return one.component == part.component; });
    if (known != run.parts.end()) {
        part.previous = known->previous;
        run.parts.erase(known);
    }
    run.parts.push_back(std::move(part));
}

}
