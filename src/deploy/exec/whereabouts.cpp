#include "deploy/exec/whereabouts.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

sys::Path file_in(const Store& store) { return store.ledger().folder() / "exec.json"; }

bool is_slot(const std::string& name) { return name == "a" || name == "b"; }

}

std::string to_json(const Whereabouts& whereabouts) {
    sys::Json object{{"schema", 1}, {"releases", sys::Json::object()}};
    for (const auto& [slot, release] : whereabouts.releases) object["releases"][slot] = release;
    object["runs"] = whereabouts.runs;
    object["routed"] = whereabouts.routed;
    return sys::dump_json(object, 2) + "\n";
}

Result<Whereabouts> parse_whereabouts(std::string_view text, const std::string& file) {
    const auto object = TRY(sys::parse_json(text, file));
    const auto wrong = could_not("this doesn't say what the target's commands put where", {.file = file});
    if (!object.is_object() || object.value("schema", sys::Json()) != sys::Json(1) || !object.contains("releases") ||
        !object["releases"].is_object())
        return wrong;
    Whereabouts found{.runs = sys::text_of(object, "runs"), .routed = sys::text_of(object, "routed")};
    for (const auto* slot : {&found.runs, &found.routed})
        if (!slot->empty() && !is_slot(*slot)) return wrong;
    for (const auto& [slot, release] : object["releases"].items()) {
        if (!is_slot(slot) || !release.is_string()) return wrong;
        found.releases[slot] = release.get<std::string>();
    }
    return found;
}

Result<Whereabouts> read_whereabouts(sys::Host& host, const Store& store) {
    const auto file = file_in(store);
    const auto state = TRY(store.state());
    const auto look = host.inspect(file);
    if (look.type == sys::FileType::absent && state.current.empty()) return Whereabouts{};
    const auto text = host.read_file(file);
    auto found = text.ok() ? parse_whereabouts(text.value(), file.string()) : Result<Whereabouts>(text.error());
    if (found.ok()) return found;
    sys::log_warning(fmt::format("{}: {}; what was committed is taken to be there", file.string(),
                                 look.type == sys::FileType::absent ? "is gone" : found.error().message));
    if (state.current.empty()) return Whereabouts{};
    return Whereabouts{.releases = {{state.slot, state.current}}, .runs = state.slot, .routed = state.slot};
}

Result<void> write_whereabouts(sys::Host& host, const Store& store, const Whereabouts& whereabouts) {
    return host.write_file(file_in(store), to_json(whereabouts), ledger::file_mode);
}

}
