#include "gate/formats/findings.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {

using sys::Json;

const Json& member_of(const Json& value, std::string_view name) {
    static const Json none;
    if (!value.is_object()) return none;
    const auto found = value.find(name);
    return found == value.end() ? none : *found;
}

int number_of(const Json& value, std::string_view name, int fallback) {
    const Json& found = member_of(value, name);
    if (!found.is_number_integer()) return fallback;
    const auto number = found.get<std::int64_t>();
    return number < 0 || number > 1'000'000'000 ? fallback : static_cast<int>(number);
}

std::optional<Level> level_of_word(std::string_view word, std::span<const LevelWord> words) {
    const auto small = lower(word);
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const LevelWord& row) { return row.word == small; });
    if (found == words.end()) return std::nullopt;
    return found->level;
}

Level security_level(std::string_view severity) {
    static constexpr LevelWord words[] = {
        {"critical", Level::error}, {"high", Level::error}, {"medium", Level::warning},  {"moderate", Level::warning},
        {"low", Level::note},       {"info", Level::note},  {"negligible", Level::note}, {"unknown", Level::note},
        {"undefined", Level::note}, {"none", Level::note},  {"", Level::note},
    };
    return level_of_word(severity, words).value_or(Level::error);
}

Findings::Findings(const Source& source, std::string_view writer, Evidence& evidence)
    : report_(source.name()), writer_(writer), evidence_(evidence) {
    evidence_.findings.emplace();
}

void Findings::add(Level level, Foreign finding) {
    const auto listed = (*evidence_.findings)[level]++;
    finding.level = level;
    if (evidence_.is_judged && !evidence_.is_judged({&finding, 1})) return;
    if ((evidence_.is_judged ? evidence_.new_findings[level]++ : listed) >= Evidence::kept) return;
    finding.tool = one_line(finding.tool.empty() ? writer_ : finding.tool);
    finding.rule = one_line(finding.rule);
    finding.message = one_line(finding.message);
    finding.file = finding.file.substr(0, 4096);
    evidence_.foreign.push_back(std::move(finding));
}

void Findings::fail(std::string why) { keep_first(evidence_.tool_failed, evidence_.more_tools_failed, std::move(why)); }

void Findings::fail_if_silent(const std::string& complaint) {
    if (!complaint.empty() && empty()) fail(fmt::format("{} lists no finding, but says: {}", writer_, complaint));
}

bool Findings::keeps(Level level) const {
    return (evidence_.is_judged ? evidence_.new_findings : *evidence_.findings)[level] < Evidence::kept;
}

bool Findings::empty() const { return *evidence_.findings == FindingCounts{}; }

Error Findings::broken(std::string_view why) const {
    return no(fmt::format("malformed {} report: {}", writer_, why), {report_, 0, 0, {}});
}

Result<std::string> Findings::word(const Json& value, std::string_view key) const {
    const Json& found = member_of(value, key);
    if (found.is_null()) return std::string();
    if (found.is_string()) return found.get<std::string>();
    return broken(fmt::format("'{}' of a finding is not a text", key));
}

Result<sys::JsonHandler::Take> FindingsHandler::begin(std::string_view path, sys::JsonKind kind) {
    const auto list = path.ends_with("/*") ? path.substr(0, path.size() - 2) : path;
    if (list.size() < path.size() && part(list) == Part::list) {
        if (kind != sys::JsonKind::object) return out.broken("a finding is not an object");
        return Take::build;
    }
    switch (part(path)) {
    case Part::enter: return Take::enter;
    case Part::fact: return Take::build;
    case Part::skip: return Take::skip;
    case Part::list: break;
    }
    if (kind == sys::JsonKind::object) return out.broken(fmt::format("'{}' is not a list", one_line(path)));
    listed_ = listed_ || kind == sys::JsonKind::array;
    return kind == sys::JsonKind::array ? Take::enter : Take::build;
}

Result<void> FindingsHandler::built(std::string_view path, Json value) {
    const auto list = path.ends_with("/*") ? path.substr(0, path.size() - 2) : path;
    if (list.size() < path.size() && part(list) == Part::list) return item(list, value);
    if (part(path) != Part::list) return fact(path, value);
    if (value.is_null()) return {};
    return out.broken(fmt::format("'{}' is not a list", one_line(path)));
}

Result<void> read_findings(const Source& source, FindingsHandler& handler) {
    TRY_VOID(source.json(handler));
    return handler.close();
}

}
