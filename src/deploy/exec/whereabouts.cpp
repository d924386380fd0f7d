#include "deploy/exec/whereabouts.h"
#include "deploy/release/damaged.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

sys::Path file_in(const Store& store) { return store.ledger().folder() / "exec.json"; }

}

std::string to_json(const Whereabouts& whereabouts, const std::string& of) {
    sys::Json object{{"schema", 1}, {"releases", sys::Json::object()}};
    for (const auto& [slot, release] : whereabouts.releases) object["releases"][slot] = release;
    object["runs"] = whereabouts.runs;
    object["routed"] = whereabouts.routed;
    return ledger::checked_text(std::move(object), of, 2);
}

Result<Whereabouts> parse_whereabouts(std::string_view text, const std::string& file, const std::string& of) {
    const auto object = TRY(ledger::read_checked(text, file, of, domain.tool));
    const auto wrong = could_not("this file doesn't say which release is in which slot", {.file = file, .line = 1});
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
    auto found = text.ok() ? parse_whereabouts(text.value(), file.string(), store.ledger().of())
                           : Result<Whereabouts>(text.error());
    if (found.ok()) return found;
    if (text.ok() && ledger::is_later(text.value())) return found.error();
    if (state.current.empty()) return Whereabouts{};
    return Whereabouts{.releases = {{state.slot, state.current}}, .runs = state.slot, .routed = state.slot};
}

Result<std::vector<ledger::Damage>> damaged_whereabouts(sys::Host& host, const Store& store) {
    const auto file = file_in(store);
    const auto state = store.state();
    const bool there = host.inspect(file).type != sys::FileType::absent;
    if (!there && (!state.ok() || state->current.empty())) return std::vector<ledger::Damage>();
    if (!there) return std::vector{ledger::Damage{gone(file), file, ledger::Damage::Cure::none, false}};
    const auto text = TRY(host.read_file(file));
    const auto found = parse_whereabouts(text, file.string(), store.ledger().of());
    if (found.ok()) return std::vector<ledger::Damage>();
    return std::vector{ledger::Damage{
        found.error(), file, ledger::is_later(text) ? ledger::Damage::Cure::none : ledger::Damage::Cure::aside, false}};
}

Result<void> write_whereabouts(sys::Host& host, const Store& store, const Whereabouts& whereabouts) {
    return host.write_file(file_in(store), to_json(whereabouts, store.ledger().of()), ledger::file_mode);
}

}
