#include "deploy/release/store.h"
#include "base/secret.h"
#include "deploy/release/sealed.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;
using sys::Json;

constexpr unsigned file_mode = 0640, folder_mode = 0750;
constexpr std::size_t kept_deployments = 20;
constexpr std::size_t reserve_size = 64u << 10;
constexpr std::size_t full_history = 1u << 20;

// What another user may not see is not absent.
Result<bool> is_there(const sys::Path& path) {
    std::error_code error;
    const bool there = std::filesystem::exists(path, error);
    if (error) return could_not(fmt::format("'{}' can't be looked at: {}", path.string(), error.message()));
    return there;
}

Result<std::string> read_or_empty(const sys::Path& path) {
    if (!TRY(is_there(path))) return std::string();
    return sys::read_file(path);
}

// Adds a line after the whole ones: one that a dying deployer or a full disk tore goes.
Result<void> add_after_whole_lines(const sys::Path& path, std::string_view line) {
    const auto text = TRY(read_or_empty(path));
    const auto whole = text.rfind('\n') + 1; // npos + 1 is 0
    if (whole == text.size()) return sys::append_file(path, line, file_mode);
    return sys::write_file(path, text.substr(0, whole).append(line), file_mode);
}

Result<std::vector<std::string>> names_in(const sys::Path& folder) {
    if (!TRY(is_there(folder))) return std::vector<std::string>{};
    return sys::list_folder(folder);
}

}

bool is_leftover(std::string_view name) {
    constexpr std::size_t digits = 12;
    if (name.size() < digits + 3 || name[0] != '.' || name[name.size() - digits - 1] != '.') return false;
    return name.substr(name.size() - digits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> remove_leftovers(const sys::Path& folder) {
    for (const auto& name : TRY(names_in(folder))) {
        if (is_leftover(name)) TRY_VOID(sys::remove_tree(folder / name));
    }
    return {};
}

Result<void> Store::create() const {
    TRY_VOID(sys::make_folders(folder_ / "deployments", folder_mode));
    TRY_VOID(sys::make_folders(folder_ / "releases", folder_mode));
    TRY_VOID(sys::make_folders(folder_ / "sealed", folder_mode));
    set_reserve_aside();
    return {};
}

// A disk that nothing can be removed from must not hold up a way back.
void Store::give_up_reserve() const { [[maybe_unused]] const auto removed = sys::remove_tree(reserve()); }

void Store::set_reserve_aside() const {
    if (sys::inspect(reserve()).type != FileType::absent) return;
    [[maybe_unused]] const auto made =
        sys::write_file(reserve(), std::string(reserve_size, '-'), file_mode, sys::Sync::no);
}

Result<void> Store::with_reserve(const std::function<Result<void>()>& write) const {
    const auto written = write();
    if (written.ok() || sys::inspect(reserve()).type == FileType::absent) return written;
    give_up_reserve();
    return write();
}

Result<void> Store::add_line(const sys::Path& path, std::string_view line) const {
    return with_reserve([&] { return add_after_whole_lines(path, line); });
}

Result<State> Store::state() const {
    const auto path = folder_ / "state.json";
    const auto text = TRY(read_or_empty(path));
    if (text.empty()) return State{};
    const auto object = TRY(sys::parse_json(text, path.string()));
    if (!object.is_object() || object.value("schema", Json()) != Json(1)) {
        return could_not(fmt::format("'{}' has a schema that this version does not know; use the version that wrote it",
                                     path.string()));
    }
    const auto member = [&](const char* name) {
        const auto found = object.find(name);
        return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const auto sha256 = member("history_sha256");
    return State{member("current"),
                 member("previous"),
                 member("slot"),
                 member("deployment"),
                 {sha256.empty() ? member("deployment") : member("history_last"), sha256}};
}

Result<void> Store::write(const State& state) const {
    const Json object{{"schema", 1},
                      {"current", state.current},
                      {"previous", state.previous},
                      {"slot", state.slot},
                      {"deployment", state.deployment},
                      {"history_last", state.last.deployment},
                      {"history_sha256", state.last.sha256}};
    return with_reserve(
        [&] { return sys::write_file(folder_ / "state.json", sys::dump_json(object, 2) + "\n", file_mode); });
}

Result<std::vector<std::string>> Store::full_histories() const {
    auto names = TRY(names_in(folder_));
    std::erase_if(names, [](const auto& name) { return !name.starts_with("history-") || !name.ends_with(".jsonl"); });
    return names;
}

Result<History> Store::history() const {
    History before;
    if (const auto full = TRY(full_histories()); !full.empty()) {
        const auto path = folder_ / full.back();
        const auto text = TRY(sys::read_file(path));
        before = TRY(parse_history(text, path.string(), {.from_middle = full.size() > 1}));
    }
    const auto path = folder_ / "history.jsonl";
    const auto text = TRY(read_or_empty(path));
    return parse_history(text, path.string(), std::move(before));
}

Result<History> Store::checked_history() const {
    // A deployment may write while we read, without the lock: then state.json has changed, and it is read again.
    for (int again = 3;; --again) {
        const auto state = TRY(this->state());
        auto history = TRY(this->history());
        const auto unfinished = TRY(this->unfinished());
        const auto after = TRY(this->state());
        if (again > 0 && after.last.sha256 != state.last.sha256) continue;
        for (auto& problem : broken_end(history, after.last, unfinished ? unfinished->deployment.id : ""))
            history.broken.push_back(std::move(problem));
        return history;
    }
}

Result<void> Store::append(Record record) const {
    const auto path = folder_ / "history.jsonl";
    const auto history = TRY(this->history());
    auto state = TRY(this->state());
    const auto same = [&](const Record& other) { return other.deployment == record.deployment; };
    if (std::any_of(history.records.begin(), history.records.end(), same)) {
        if (!same(history.records.back()) || state.last.deployment == record.deployment) return {};
        state.last = {record.deployment, history.last_sha256}; // it died before it was named
        return write(state);
    }
    if (sys::inspect(path).size >= full_history) {
        const auto number = TRY(full_histories()).size() + 1;
        TRY_VOID(sys::rename_path(path, folder_ / fmt::format("history-{:04}.jsonl", number)));
    }
    record.prev_sha256 = holds_to(history, state.last) ? history.last_sha256 : state.last.sha256;
    record.reason = mask(record.reason); // the one member that may quote somebody; ids have to stay what they are
    const auto line = to_json(record);
    TRY_VOID(add_line(path, line + "\n"));
    state.last = {record.deployment, sys::sha256(line)};
    return write(state);
}

Result<void> Store::begin(const std::string& id, const Plan& plan, std::string_view at) const {
    TRY_VOID(sys::make_folders(deployment(id), folder_mode));
    TRY_VOID(sys::write_file(deployment(id) / "plan.json", plan_json(plan) + "\n", file_mode));
    return journal(id, plan_line(plan, at));
}

Result<void> Store::journal(const std::string& id, std::string_view line) const {
    return add_line(deployment(id) / "journal.jsonl", line);
}

Result<void> Store::keep_log(const std::string& id, std::string_view text) const {
    return sys::write_file(deployment(id) / "candidate.log", mask(text), file_mode);
}

Result<std::optional<Journal>> Store::unfinished() const {
    for (const auto& id : TRY(names_in(folder_ / "deployments"))) {
        const auto path = deployment(id) / "journal.jsonl";
        const auto text = TRY(read_or_empty(path));
        auto journal = TRY(parse_journal(text, path.string()));
        if (journal.verdict) continue;
        journal.deployment.id = id;
        return std::optional(std::move(journal));
    }
    return std::optional<Journal>();
}

Result<std::optional<ReleaseInfo>> Store::release(const std::string& id) const {
    const auto path = folder_ / "releases" / (id + ".json");
    const auto text = TRY(read_or_empty(path));
    if (text.empty()) return std::optional<ReleaseInfo>();
    auto info = TRY(parse_release_info(text, path.string()));
    return std::optional(std::move(info));
}

Result<std::vector<std::string>> Store::releases() const {
    std::vector<std::string> ids;
    for (const auto& name : TRY(names_in(folder_ / "releases"))) {
        if (name[0] != '.' && name.ends_with(".json")) ids.push_back(name.substr(0, name.size() - 5));
    }
    return ids;
}

Result<void> Store::write(const ReleaseInfo& info) const {
    return sys::write_file(folder_ / "releases" / (info.id + ".json"), to_json(info), file_mode);
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
            "'{}' is not the list that was written when {} was sealed; deploy it again under another version",
            path.string(), info.id));
    auto entries = TRY(parse_lines(text, path.string()));
    return std::optional(std::move(entries));
}

Result<void> Store::forget_release(const std::string& id) const {
    TRY_VOID(sys::remove_tree(folder_ / "sealed" / id));
    return sys::remove_tree(folder_ / "releases" / (id + ".json"));
}

Result<void> Store::tidy() const {
    for (const auto& folder : {folder_, folder_ / "releases", folder_ / "sealed"}) TRY_VOID(remove_leftovers(folder));
    auto ids = TRY(names_in(folder_ / "deployments"));
    const auto surplus = ids.size() > kept_deployments ? ids.size() - kept_deployments : 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto path = deployment(ids[i]) / "journal.jsonl";
        const auto text = TRY(read_or_empty(path));
        const auto journal = parse_journal(text, path.string());
        const bool open = !journal.ok() || !journal->verdict; // whatever its id says of its age: it is needed
        const bool begun = !journal.ok() || journal->verdict != "";
        if (!begun || (i < surplus && !open))
            TRY_VOID(sys::remove_tree(deployment(ids[i])));
        else
            TRY_VOID(remove_leftovers(deployment(ids[i])));
    }
    return {};
}

}
