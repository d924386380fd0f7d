#include "ledger/ledger.h"
#include "base/secrets/secret.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/writable.h"
#include "sys/permit.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::ledger {

namespace {

using sys::FileType;
using sys::Json, sys::text_of;

constexpr std::size_t kept_acts = 20;
constexpr std::size_t reserve_size = 64u << 10;
constexpr std::size_t full_history = 1u << 20;

std::string full_name(std::size_t number) { return fmt::format("history-{:04}.jsonl", number); }

bool is_over(std::string_view journal) { // its last whole line is an end
    const auto end = journal.rfind('\n');
    if (end == journal.npos) return false;
    journal = journal.substr(0, end);
    const auto line = sys::parse_json(journal.substr(journal.rfind('\n') + 1), "");
    return line.ok() && text_of(line.value(), "event") == "end";
}

}

std::string Ledger::of() const { return whose(folder_); }

Result<void> Ledger::create() const {
    TRY_VOID(sys::make_folders(acts(), folder_mode));
    set_reserve_aside();
    return {};
}

Result<sys::Lock> Ledger::take_lock(std::string_view what, Milliseconds wait, sys::Clock& clock,
                                    Progress& progress) const {
    TRY_VOID(sys::ask(sys::Act::change_target, folder_.string()));
    if (const auto holder = wait.count() > 0 ? lock_holder() : std::nullopt) {
        progress.say(fmt::format("waiting up to {} for {}", format_duration(wait),
                                 holder->empty() ? "another process" : *holder));
    }
    return sys::Lock::take(
        lock(), fmt::format("{}, since {}, process {}", what, format_utc(clock.now()), sys::own_pid()), wait);
}

std::optional<std::string> Ledger::lock_holder() const {
    if (!sys::is_locked(lock())) return std::nullopt;
    return sys::read_file(lock()).value_or("");
}

// A disk that nothing can be removed from must not hold up a way back.
void Ledger::give_up_reserve() const { [[maybe_unused]] const auto removed = sys::remove_tree(reserve()); }

Result<void> Ledger::can_act() const {
    TRY_VOID(sys::check_writable(lock()));
    if (sys::inspect(reserve()).type != FileType::absent || TRY(sys::free_bytes(folder_)) >= reserve_size) return {};
    return could_not(fmt::format("the disk of '{}' is full, and the reserve for a way back is used up; make room there",
                                 folder_.string()));
}

ReserveAfterwards::~ReserveAfterwards() { ledger_.set_reserve_aside(); }

void Ledger::set_reserve_aside() const {
    if (sys::inspect(reserve()).type != FileType::absent) return;
    [[maybe_unused]] const auto made =
        sys::write_file(reserve(), std::string(reserve_size, '-'), file_mode, sys::Sync::no);
}

Result<void> Ledger::with_reserve(const std::function<Result<void>()>& write) const {
    const auto written = write();
    if (written.ok() || sys::inspect(reserve()).type == FileType::absent) return written;
    give_up_reserve();
    return write();
}

Result<void> Ledger::add_line(const sys::Path& path, std::string_view line, sys::Sync sync) const {
    return with_reserve([&] { return add_after_whole_lines(path, line, sync); });
}

// A record that lacks what every version wrote is none.
Result<Json> Ledger::read_state(std::string_view text, const std::string& file) const {
    auto object = TRY(read_checked(text, file, of(), domain_.tool));
    if (!object.contains(domain_.act)) return could_not("this is not a record", {.file = file, .line = 1});
    return object;
}

Result<State> Ledger::state() const {
    const auto path = folder_ / "state.json";
    const auto text = TRY(read_or_empty(path));
    State state;
    for (const auto name : domain_.state) state.members.emplace(name, "");
    if (text.empty() && sys::inspect(path).type == FileType::absent) return state;
    const auto object = read_state(text, path.string());
    if (!object.ok() && passes_over() && !is_later(text)) return state;
    if (!object.ok()) return object.error();
    for (auto& [name, value] : state.members) value = text_of(object.value(), name);
    const auto sha256 = text_of(object.value(), "history_sha256");
    state.last = {text_of(object.value(), sha256.empty() ? domain_.act : "history_last"), sha256};
    return state;
}

Result<void> Ledger::write(const State& state) const {
    Json object{{"schema", 1}};
    for (const auto name : domain_.state) {
        const auto found = state.members.find(name);
        object[std::string(name)] = found == state.members.end() ? "" : found->second;
    }
    object["history_last"] = state.last.id;
    object["history_sha256"] = state.last.sha256;
    return with_reserve(
        [&] { return sys::write_file(folder_ / "state.json", checked_text(object, of(), 2), file_mode); });
}

Result<std::vector<std::string>> Ledger::full_histories() const {
    auto names = TRY(names_in(folder_));
    std::erase_if(names, [](const auto& name) { return !name.starts_with("history-") || !name.ends_with(".jsonl"); });
    return names;
}

Result<Chain> Ledger::history() const {
    Chain before;
    if (const auto full = TRY(full_histories()); !full.empty()) {
        Chain older{.from_middle = full.size() > 1};
        before = TRY(read_history(full.back(), std::move(older)));
    }
    return read_history("history.jsonl", std::move(before));
}

Result<Chain> Ledger::checked_history() const {
    // An act may write while we read, without the lock: then state.json has changed, and it is read again.
    for (int again = 3;; --again) {
        const auto before = TRY(state());
        auto chain = TRY(history());
        const auto open = TRY(unfinished());
        const auto after = TRY(state());
        if (again > 0 && after.last.sha256 != before.last.sha256) continue;
        for (auto& problem : broken_end(chain, after.last, open ? open->id : "", domain_))
            chain.broken.push_back(std::move(problem));
        return chain;
    }
}

Result<void> Ledger::append(const Json& record) const {
    const auto path = folder_ / "history.jsonl";
    const auto id = text_of(record, domain_.act);
    const auto chain = TRY(history());
    auto state = TRY(this->state());
    const auto same = [&](const Link& link) { return link.id == id; };
    if (std::any_of(chain.links.begin(), chain.links.end(), same)) {
        if (!same(chain.links.back()) || state.last.id == id) return {};
        state.last = {id, chain.last_sha256}; // it died before it was named
        return write(state);
    }
    if (sys::inspect(path).size >= full_history) {
        auto number = TRY(full_histories()).size() + 1;
        while (sys::inspect(folder_ / full_name(number)).type != FileType::absent) ++number; // one before is gone
        TRY_VOID(sys::rename_path(path, folder_ / full_name(number)));
    }
    Json linked = record;
    linked["prev_sha256"] = holds_to(chain, state.last) ? chain.last_sha256 : state.last.sha256;
    const auto line = sys::dump_json(linked);
    TRY_VOID(add_line(path, line + "\n"));
    state.last = {id, sys::sha256(line)};
    return write(state);
}

std::string Ledger::new_id(sys::Clock& clock) const {
    return make_ulid(clock.now().time_since_epoch().count(), sys::random_hex(10));
}

Result<void> Ledger::begin(const std::string& id, const Json& plan, std::string_view at) const {
    TRY_VOID(sys::make_folders(act(id), folder_mode));
    const auto line = plan_line(plan, at, of()); // whole, or not there: an empty journal is one that was emptied
    TRY_VOID(with_reserve([&] { return sys::write_file(act(id) / "journal.jsonl", line, file_mode); }));
    // For people: what we go by is in the journal.
    return sys::write_file(act(id) / "plan.json", sys::dump_json(plan, 2) + "\n", file_mode, sys::Sync::no);
}

Result<void> Ledger::journal(const std::string& id, std::string_view line, sys::Sync sync) const {
    return add_line(act(id) / "journal.jsonl", line, sync);
}

Result<void> Ledger::keep(const std::string& id, std::string_view name, std::string_view text) const {
    return sys::write_file(act(id) / name, mask(text), file_mode);
}

Result<std::optional<Journal>> Ledger::unfinished() const {
    for (const auto& id : TRY(names_in(acts()))) {
        const auto path = act(id) / "journal.jsonl";
        const auto text = TRY(read_or_empty(path));
        if (is_over(text)) continue;
        auto journal = parse_journal(text, path.string(), domain_, of());
        if (!journal.ok() && passes_over() && !is_later(text.substr(0, text.find('\n')))) continue;
        if (!journal.ok()) return journal.error();
        if (journal->verdict) continue;
        journal->id = id;
        return std::optional(std::move(journal).value());
    }
    return std::optional<Journal>();
}

Result<void> Ledger::tidy() const {
    TRY_VOID(remove_leftovers(folder_));
    auto ids = TRY(names_in(acts()));
    const auto surplus = ids.size() > kept_acts ? ids.size() - kept_acts : 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto path = act(ids[i]) / "journal.jsonl";
        const auto text = TRY(read_or_empty(path));
        const bool over = is_over(text), aside = sys::inspect(path.string() + ".damaged-1").type != FileType::absent;
        const auto journal = over ? Result<Journal>(Journal{}) : parse_journal(text, path.string(), domain_, of());
        const bool open =
            !over && (!journal.ok() || !journal->verdict); // whatever its id says of its age: it is needed
        const bool begun = over || aside || !journal.ok() || journal->verdict != "";
        if (!begun || (i < surplus && !open))
            TRY_VOID(sys::remove_tree(act(ids[i])));
        else
            TRY_VOID(remove_leftovers(act(ids[i])));
    }
    return {};
}

}
