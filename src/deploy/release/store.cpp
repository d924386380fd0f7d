#include "deploy/release/store.h"
#include "base/secrets/secret.h"
#include "deploy/release/damaged.h"
#include "deploy/release/sealed.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::string_view begun = ".begun";

sys::Path begun_file(const sys::Path& folder, const std::string& release) {
    return folder / "carried" / (release + std::string(begun));
}

using ledger::file_mode;
using ledger::folder_mode;
using ledger::names_in;

Result<bool> is_kept(const sys::Path& path) {
    if (sys::inspect(path).type != sys::FileType::absent) return true;
    TRY_VOID(ledger::read_or_empty(path)); // or it may not be seen
    return false;
}

}

const Record* record_of(const History& history, const State& state) {
    const auto& records = history.records;
    const auto found = std::find_if(records.rbegin(), records.rend(), [&](const Record& one) {
        return one.deployment == state.deployment && one.release == state.current;
    });
    return found == records.rend() ? nullptr : &*found;
}

bool is_meant(const std::string& release, const std::string& wanted) {
    return wanted.empty() || release == wanted || (!release.empty() && version_of(release) == wanted);
}

bool Store::may_have_seen(const std::string& wanted) const {
    const auto told = history();
    const auto kept = releases();
    if (!told.ok() || !kept.ok() || (told->records.empty() && kept->empty())) return true;
    return std::any_of(kept->begin(), kept->end(), [&](const auto& one) { return is_meant(one, wanted); }) ||
           std::any_of(told->records.begin(), told->records.end(),
                       [&](const Record& one) { return is_meant(one.release, wanted) || one.version == wanted; });
}

Result<void> Store::create() const {
    for (const auto* name : {"releases", "sealed", "carried"}) TRY_VOID(sys::make_folders(folder_ / name, folder_mode));
    return ledger_.create();
}

Result<State> Store::state() const {
    const auto state = TRY(ledger_.state());
    const auto member = [&](std::string_view name) { return state.members.find(name)->second; };
    return State{member("current"), member("previous"), member("slot"), member("deployment"), state.last};
}

Result<void> Store::write(const State& state) const {
    return ledger_.write({.members = {{"current", state.current},
                                      {"previous", state.previous},
                                      {"slot", state.slot},
                                      {"deployment", state.deployment}},
                          .last = state.last});
}

Result<History> Store::history() const {
    auto chain = TRY(ledger_.history());
    return read_history(std::move(chain));
}

Result<History> Store::checked_history() const {
    auto chain = TRY(ledger_.checked_history());
    return read_history(std::move(chain));
}

Result<void> Store::append(Record record) const {
    record.reason = mask(record.reason); // the one member that may quote somebody; ids have to stay what they are
    return ledger_.append(to_json(record));
}

Result<void> Store::begin(const std::string& id, const Plan& plan, std::string_view at) const {
    return ledger_.begin(id, to_json(plan), at);
}

Result<std::optional<Journal>> Store::unfinished() const {
    const auto open = TRY(ledger_.unfinished());
    if (!open) return std::optional<Journal>();
    auto journal = read_journal(*open);
    if (ledger_.passes_over() && !check_whole(*open).ok()) return std::optional<Journal>();
    if (!journal.ok()) return journal.error();
    return std::optional(std::move(journal).value());
}

Result<std::optional<ReleaseInfo>> Store::release(const std::string& id) const {
    const auto path = folder_ / "releases" / (id + ".json");
    if (!TRY(is_kept(path))) return std::optional<ReleaseInfo>();
    const auto text = TRY(sys::read_file(path));
    auto info = parse_release_info(text, path.string(), ledger_.of());
    if (info.ok() && info->id == id) return std::optional(std::move(info).value());
    if (ledger_.passes_over()) return std::optional<ReleaseInfo>();
    return info.ok() ? of_another(path, info->id) : info.error();
}

Result<std::vector<std::string>> Store::releases() const {
    std::vector<std::string> ids;
    for (const auto& name : TRY(names_in(folder_ / "releases"))) {
        if (name[0] != '.' && name.ends_with(".json")) ids.push_back(name.substr(0, name.size() - 5));
    }
    return ids;
}

Result<void> Store::write(const ReleaseInfo& info) const {
    return sys::write_file(folder_ / "releases" / (info.id + ".json"), to_json(info, ledger_.of()), file_mode);
}

Result<void> Store::write_sealed(ReleaseInfo info, const std::vector<Entry>& entries) const {
    const auto text = to_lines(entries);
    info.sealed = sys::sha256(text);
    info.prepared = true;
    TRY_VOID(sys::write_file(folder_ / "sealed" / info.id, text, file_mode));
    return write(info);
}

Result<std::optional<std::vector<Entry>>> Store::sealed(const ReleaseInfo& info) const {
    if (info.sealed.empty()) return std::optional<std::vector<Entry>>();
    const auto path = folder_ / "sealed" / info.id;
    const auto text = TRY(sys::read_file(path));
    if (sys::sha256(text) != info.sealed)
        return no(fmt::format(
            "the file list '{}' was changed after {} was sealed; deploy the release again under another version",
            path.string(), info.id));
    auto entries = TRY(parse_lines(text, path.string()));
    return std::optional(std::move(entries));
}

Result<void> Store::forget_release(const std::string& id) const {
    TRY_VOID(sys::remove_tree(folder_ / "carried" / (id + ".json")));
    TRY_VOID(sys::remove_tree(folder_ / "sealed" / id));
    return sys::remove_tree(folder_ / "releases" / (id + ".json"));
}

Result<void> Store::begin_to_carry(const std::string& release, const Carried& carried) const {
    TRY_VOID(sys::make_folders(folder_ / "carried", folder_mode));
    return sys::write_file(begun_file(folder_, release), to_json(carried, release), 0600);
}

Result<void> Store::carries(const std::string& release) const {
    const auto next = begun_file(folder_, release);
    if (sys::inspect(next).type == sys::FileType::absent) return {};
    TRY_VOID(sys::rename_path(next, folder_ / "carried" / (release + ".json")));
    auto info = TRY(this->release(release));
    if (!info || info->carries) return {};
    info->carries = true;
    return write(*info);
}

Result<std::optional<Carried>> Store::carried(const std::string& release) const {
    const auto path = folder_ / "carried" / (release + ".json");
    if (!TRY(is_kept(path))) {
        const auto info = this->release(release);
        if (info.ok() && info.value() && info.value()->carries) return gone(path);
        return std::optional<Carried>();
    }
    const auto text = TRY(sys::read_file(path));
    auto carried = TRY(parse_carried(text, path.string(), ledger_.of(), release));
    return std::optional(std::move(carried));
}

Result<void> Store::forget_begun() const {
    for (const auto& name : TRY(names_in(folder_ / "carried")))
        if (name.ends_with(begun)) TRY_VOID(sys::remove_tree(folder_ / "carried" / name));
    return {};
}

Result<void> Store::tidy() const {
    for (const auto* name : {"releases", "sealed", "carried"}) TRY_VOID(ledger::remove_leftovers(folder_ / name));
    return ledger_.tidy();
}

}
