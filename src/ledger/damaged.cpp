// The part of ledger.h about what somebody or a disk damaged: it is told, set aside where it is, and stops nobody.
#include "ledger/checked.h"
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::ledger {

namespace {

// The lines that are records.
std::string whole_records(std::string_view text, const Domain& domain) {
    std::string whole;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        const auto line = text.substr(0, end + 1);
        if (parse_chain(line, "", domain, {.from_middle = true}).ok()) whole += line;
    }
    return whole;
}

// 0: none.
int later_line(std::string_view text) {
    int number = 0;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        ++number;
        if (text.starts_with(R"({"schema":1,)")) continue;
        if (is_later(text.substr(0, end))) return number;
    }
    return 0;
}

int lines_of(std::string_view text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

void add_all(std::vector<Damage>& all, std::vector<Damage> more) {
    for (auto& one : more) all.push_back(std::move(one));
}

}

Result<sys::Path> free_name_aside(const sys::Path& path) {
    constexpr int most = 1000;
    for (int number = 1; number < most; ++number) {
        auto name = path;
        name += fmt::format(".damaged-{}", number);
        if (sys::inspect(name).type == sys::FileType::absent) return name;
    }
    return could_not(fmt::format("'{}' was damaged {} times; check the files next to it", path.string(), most));
}

Result<std::string> set_aside(const sys::Path& path, const Error& error) {
    const auto aside = TRY(free_name_aside(path));
    TRY_VOID(sys::rename_path(path, aside));
    return fmt::format("{}; the file is kept as '{}'", told_with_place(error), aside.string());
}

std::string told_with_place(const Error& error) {
    if (error.place.file.empty()) return error.message;
    if (error.place.line == 0) return fmt::format("{}: {}", error.place.file, error.message);
    return fmt::format("{}:{}: {}", error.place.file, error.place.line, error.message);
}

Result<Chain> Ledger::read_history(const std::string& name, Chain before) const {
    const auto path = folder_ / name;
    const auto text = TRY(read_or_empty(path));
    auto chain = parse_chain(text, path.string(), domain_, before);
    if (chain.ok() || !passes_over()) return chain;
    if (const int line = later_line(text); line > 0) return later(path.string(), line, domain_.tool);
    return parse_chain(whole_records(text, domain_), path.string(), domain_, std::move(before));
}

Result<std::vector<Damage>> Ledger::damaged_histories(bool open) const {
    std::vector<Damage> found;
    auto histories = TRY(full_histories());
    for (std::size_t i = 0; i < histories.size(); ++i) {
        const auto path = folder_ / fmt::format("history-{:04}.jsonl", i + 1);
        if (path.filename() != histories[i] && sys::inspect(path).type == sys::FileType::absent)
            found.push_back({could_not("the file is gone, with its records", {.file = path.string()}), path,
                             Damage::Cure::none, true});
    }
    histories.emplace_back("history.jsonl");
    for (const auto& name : histories) {
        const auto path = folder_ / name;
        const auto text = TRY(read_or_empty(path));
        if (const int line = later_line(text); line > 0) return later(path.string(), line, domain_.tool);
        const auto chain = parse_chain(text, path.string(), domain_, {.from_middle = true});
        if (!chain.ok()) found.push_back({chain.error(), path, Damage::Cure::lines, true});
        if (chain.ok() && chain->torn > 0 && !open)
            found.push_back(
                {could_not("the last line is not a whole record", {.file = path.string(), .line = lines_of(text) + 1}),
                 path, Damage::Cure::lines, true});
    }
    return found;
}

Result<std::vector<Damage>> Ledger::damaged_acts(const std::function<Result<void>(const Journal&)>& read,
                                                 bool& open) const {
    std::vector<Damage> found;
    for (const auto& id : TRY(names_in(acts()))) {
        const auto path = act(id) / "journal.jsonl";
        const auto has = [&](const char* name) { return sys::inspect(act(id) / name).type != sys::FileType::absent; };
        if (!has("journal.jsonl")) {
            if (has("plan.json") && !has("journal.jsonl.damaged-1"))
                found.push_back({could_not("the file is gone, so the result is unknown", {.file = path.string()}), path,
                                 Damage::Cure::closed});
            continue;
        }
        const auto text = TRY(read_or_empty(path));
        auto journal = parse_journal(text, path.string(), domain_, of());
        if (journal.ok()) journal->id = id;
        const bool is_open = journal.ok() && !journal->verdict;
        open = open || is_open;
        const auto known = is_open ? read(journal.value()) : Result<void>();
        if (lines_of(text) == 0)
            found.push_back({could_not(text.empty() ? "the journal is empty: its content was lost"
                                                    : "the journal is cut off within its first line",
                                       {.file = path.string(), .line = 1}),
                             path, Damage::Cure::aside});
        else if (is_later(text.substr(0, text.find('\n'))))
            return later(path.string(), 1, domain_.tool);
        else if (!journal.ok() || !known.ok())
            found.push_back({journal.ok() ? known.error() : journal.error(), path, Damage::Cure::aside});
    }
    return found;
}

Result<std::vector<Damage>> Ledger::damaged_state(bool open) const {
    const auto path = folder_ / "state.json";
    const bool there = sys::inspect(path).type != sys::FileType::absent;
    const auto text = TRY(read_or_empty(path));
    if (!there) {
        const auto history = TRY(read_or_empty(folder_ / "history.jsonl"));
        if (open || lines_of(history) == 0) return std::vector<Damage>();
        return std::vector{Damage{could_not("the file is gone, but there is a history", {.file = path.string()}), path,
                                  Damage::Cure::none, true}};
    }
    const auto object = read_state(text, path.string());
    if (object.ok()) return std::vector<Damage>();
    if (is_later(text)) return object.error();
    return std::vector{Damage{object.error(), path, Damage::Cure::aside, true}};
}

Result<std::vector<Damage>> Ledger::damaged(const std::function<Result<void>(const Journal&)>& read) const {
    bool open = false; // an act is: its record may be half written
    auto found = TRY(damaged_acts(read, open));
    auto histories = TRY(damaged_histories(open));
    add_all(found, std::move(histories));
    auto state = TRY(damaged_state(open));
    add_all(found, std::move(state));
    return found;
}

Result<std::string> Ledger::mend(const Damage& damage) const {
    if (damage.cure == Damage::Cure::aside) return set_aside(damage.file, damage.what);
    if (damage.cure == Damage::Cure::lines) {
        const auto text = TRY(read_or_empty(damage.file));
        const auto aside = TRY(free_name_aside(damage.file));
        TRY_VOID(sys::write_file(aside, text, file_mode)); // first: there is a history at any time
        TRY_VOID(sys::write_file(damage.file, whole_records(text, domain_), file_mode));
        return fmt::format("{}; the other lines are kept, and a copy of the whole file is '{}'",
                           told_with_place(damage.what), aside.string());
    }
    if (damage.cure == Damage::Cure::closed)
        TRY_VOID(sys::write_file(
            damage.file, checked_text({{"schema", 1}, {"event", "end"}, {"verdict", "lost"}}, of()), file_mode));
    return told_with_place(damage.what);
}

}
