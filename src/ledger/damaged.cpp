// The part of ledger.h about what somebody or a disk damaged: it is set aside where it is, and stops nobody.
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::ledger {

using sys::Json;

namespace {

// A later version's is whole, and not ours to set aside.
bool is_later(std::string_view line) {
    const auto object = sys::parse_json(line, "");
    if (!object.ok() || !object->is_object()) return false;
    const auto schema = object->find("schema");
    return schema != object->end() && schema->is_number_integer() && *schema > Json(1);
}

// The lines that are records, and what comes behind the last line's end.
std::string whole_records(std::string_view text, const Domain& domain) {
    std::string whole;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        const auto line = text.substr(0, end + 1);
        if (parse_chain(line, "", domain, {.from_middle = true}).ok()) whole += line;
    }
    return whole.append(text);
}

}

Result<sys::Path> free_name_aside(const sys::Path& path) {
    constexpr int most = 1000;
    for (int number = 1; number < most; ++number) {
        auto name = path;
        name += fmt::format(".damaged-{}", number);
        if (sys::inspect(name).type == sys::FileType::absent) return name;
    }
    return could_not(fmt::format("'{}' was damaged {} times; look at what lies beside it", path.string(), most));
}

Result<std::string> set_aside(const sys::Path& path, const Error& error) {
    const auto aside = TRY(free_name_aside(path));
    TRY_VOID(sys::rename_path(path, aside));
    return fmt::format("{}; it is kept as '{}'", told_with_place(error), aside.string());
}

std::string told_with_place(const Error& error) {
    if (error.place.file.empty()) return error.message;
    if (error.place.line == 0) return fmt::format("{}: {}", error.place.file, error.message);
    return fmt::format("{}:{}: {}", error.place.file, error.place.line, error.message);
}

Result<std::vector<std::string>>
Ledger::set_damaged_aside(const std::function<Result<void>(const Journal&)>& read) const {
    std::vector<std::string> told;
    auto histories = TRY(full_histories());
    histories.emplace_back("history.jsonl");
    for (const auto& name : histories) {
        const auto path = folder_ / name;
        const auto text = TRY(read_or_empty(path));
        const auto chain = parse_chain(text, path.string(), domain_, {.from_middle = true});
        if (chain.ok() || is_later(text.substr(0, text.find('\n')))) continue;
        const auto aside = TRY(free_name_aside(path));
        TRY_VOID(sys::write_file(aside, text, file_mode)); // first: there is a history at any time
        TRY_VOID(sys::write_file(path, whole_records(text, domain_), file_mode));
        told.push_back(fmt::format("{}; its other lines stay, and all of it is kept as '{}'",
                                   told_with_place(chain.error()), aside.string()));
    }
    for (const auto& id : TRY(names_in(acts()))) {
        const auto path = act(id) / "journal.jsonl";
        const auto text = TRY(read_or_empty(path));
        const auto journal = parse_journal(text, path.string(), domain_);
        const auto known = journal.ok() && !journal->verdict ? read(journal.value()) : Result<void>();
        if ((journal.ok() && known.ok()) || is_later(text.substr(0, text.find('\n')))) continue;
        auto what = TRY(set_aside(path, journal.ok() ? known.error() : journal.error()));
        told.push_back(std::move(what));
    }
    const auto path = folder_ / "state.json";
    const auto text = TRY(read_or_empty(path));
    const auto object = sys::parse_json(text, path.string());
    if (text.empty() || object.ok()) return told;
    auto what = TRY(set_aside(path, object.error()));
    told.push_back(std::move(what));
    return told;
}

}
