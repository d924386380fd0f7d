#include "attest/judged.h"
#include "attest/statement.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::attest {
namespace {

using sys::Json, sys::text_of;

constexpr std::size_t longest_text = 300, most_items = 1000, most_counts = 32;
constexpr const char *commit_subject = "commit", *release_subject = "release", *policy_subject = "configuration";

struct Text {
    const char *part, *name; // part: the member that holds it; empty: the predicate itself
    std::string Judged::*member;
    bool may_be_empty = false;
};
constexpr Text texts[] = {
    {"tool", "name", &Judged::tool},
    {"tool", "version", &Judged::tool_version},
    {"tool", "command", &Judged::command, true},
    {"", "app", &Judged::app},
    {"", "environment", &Judged::environment, true},
    {"", "verdict", &Judged::verdict},
    {"", "serves", &Judged::serves, true},
    {"policy", "sha256", &Judged::policy},
    {"place", "workflow", &Judged::workflow, true},
    {"place", "run", &Judged::run, true},
    {"place", "event", &Judged::event, true},
    {"place", "actor", &Judged::actor},
};

Json& part_of(Json& predicate, std::string_view part) {
    return part.empty() ? predicate : predicate[std::string(part)];
}

const Json& part_of(const Json& predicate, std::string_view part) {
    static const Json none = Json::object();
    if (part.empty()) return predicate;
    const auto found = predicate.find(part);
    return found == predicate.end() ? none : *found;
}

// What may be shown in a log and in a message.
bool is_plain(std::string_view text) {
    return text.size() <= longest_text && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < ' ' || c == 127;
           });
}

std::vector<Subject> subjects_of(const Judged& judged) {
    std::vector<Subject> all;
    if (!judged.commit.empty()) all.push_back({commit_subject, "", judged.commit});
    if (!judged.digest.empty()) all.push_back({release_subject, judged.digest});
    if (all.empty()) all.push_back({policy_subject, judged.policy});
    return all;
}

Result<void> read_subjects(const Statement& statement, const std::string& name, Judged& judged) {
    for (const auto& subject : statement.subjects) {
        const bool commit = subject.name == commit_subject && subject.sha256.empty();
        const bool release = subject.name == release_subject && subject.commit.empty();
        const bool policy = subject.name == policy_subject && subject.commit.empty() && subject.sha256 == judged.policy;
        if (!commit && !release && !policy)
            return no(fmt::format("'{}' is about something that no verdict is about", name));
        if (commit) judged.commit = subject.commit;
        if (release) judged.digest = subject.sha256;
    }
    return {};
}

Result<std::vector<std::string>> words_of(const Json& object, const char* member, const std::string& name) {
    std::vector<std::string> words;
    const auto found = object.find(member);
    const bool list = found != object.end() && found->is_array() && found->size() <= most_items;
    if (!list) return no(fmt::format("'{}' has no list '{}'", name, member));
    for (const auto& word : *found) {
        if (!word.is_string() || !is_plain(word.get<std::string>()))
            return no(fmt::format("'{}' has an item of '{}' that can't be read", name, member));
        words.push_back(word.get<std::string>());
    }
    return words;
}

Result<void> read_counts(const Json& predicate, const std::string& name, Judged& judged) {
    const auto& counts = part_of(predicate, "counts");
    if (!predicate.contains("counts") || !counts.is_object() || counts.size() > most_counts)
        return no(fmt::format("'{}' has no counts", name));
    for (const auto& [key, value] : counts.items()) {
        if (!is_plain(key) || !value.is_number_unsigned())
            return no(fmt::format("'{}' has a count that is not a number", name));
        judged.counts[key] = value.get<std::uint64_t>();
    }
    return {};
}

Result<void> read_texts(const Json& predicate, const std::string& name, Judged& judged) {
    for (const auto& [part, key, member, may_be_empty] : texts) {
        const auto& holder = part_of(predicate, part);
        const auto found = holder.find(key);
        const bool is_text = found == holder.end() || found->is_string();
        judged.*member = text_of(holder, key);
        if (!is_text || !is_plain(judged.*member) || (!may_be_empty && (judged.*member).empty()))
            return no(fmt::format("'{}' doesn't say '{}' in a way that can be read", name, key));
    }
    if (judged.verdict != "pass" && judged.verdict != "fail")
        return no(fmt::format("'{}' holds the verdict '{}', expected pass or fail", name, judged.verdict));
    return {};
}

Result<void> read_times(const Json& predicate, const std::string& name, Judged& judged) {
    const auto started = parse_utc(text_of(predicate, "started")), finished = parse_utc(text_of(predicate, "finished"));
    if (!started || !finished || *finished < *started)
        return no(fmt::format("'{}' doesn't say when the tool started and finished", name));
    judged.started = *started;
    judged.finished = *finished;
    return {};
}

}

std::string write_judged(const Judged& judged) {
    auto predicate = Json::object();
    for (const auto& [part, key, member, may_be_empty] : texts)
        if (!may_be_empty || !(judged.*member).empty()) part_of(predicate, part)[key] = judged.*member;
    predicate["counts"] = Json::object();
    for (const auto& [key, value] : judged.counts) predicate["counts"][key] = value;
    predicate["policy"]["given"] = judged.given;
    predicate["waivers"] = judged.waivers;
    predicate["dirty"] = judged.dirty;
    predicate["started"] = format_utc(judged.started);
    predicate["finished"] = format_utc(judged.finished);
    return write_statement({subjects_of(judged), std::string(verdict_type), sys::dump_json(predicate)});
}

Result<Judged> read_judged(std::string_view payload, const std::string& name) {
    const auto statement = TRY(read_statement(payload, name, verdict_type));
    const auto predicate = TRY(sys::parse_json(statement.predicate, name));
    Judged judged;
    TRY_VOID(read_texts(predicate, name, judged));
    TRY_VOID(read_counts(predicate, name, judged));
    TRY_VOID(read_times(predicate, name, judged));
    judged.given = TRY(words_of(part_of(predicate, "policy"), "given", name));
    judged.waivers = TRY(words_of(predicate, "waivers", name));
    const auto dirty = predicate.find("dirty");
    if (dirty == predicate.end() || !dirty->is_boolean())
        return no(fmt::format("'{}' doesn't say whether files had changed", name));
    judged.dirty = dirty->get<bool>();
    TRY_VOID(read_subjects(statement, name, judged));
    return judged;
}

}
