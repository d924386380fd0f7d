#include "deploy/record.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;

struct TextMember {
    const char* name;
    std::string Record::*member;
};
constexpr TextMember members[] = {
    {"deployment", &Record::deployment},
    {"app", &Record::app},
    {"environment", &Record::environment},
    {"target", &Record::target},
    {"strategy", &Record::strategy},
    {"command", &Record::command},
    {"release", &Record::release},
    {"version", &Record::version},
    {"digest", &Record::digest},
    {"commit", &Record::commit},
    {"previous", &Record::previous},
    {"actor", &Record::actor},
    {"actor_kind", &Record::actor_kind},
    {"run_url", &Record::run_url},
    {"host", &Record::host},
    {"started", &Record::started},
    {"finished", &Record::finished},
    {"verdict", &Record::verdict},
    {"reason", &Record::reason},
    {"tool_version", &Record::tool_version},
    {"prev_sha256", &Record::prev_sha256},
};

Record record_from(const Json& object) {
    Record record;
    for (const auto& [name, member] : members) {
        if (const auto found = object.find(name); found != object.end() && found->is_string()) {
            record.*member = found->get<std::string>();
        }
    }
    if (const auto steps = object.find("steps"); steps != object.end() && steps->is_array()) {
        for (const auto& step : *steps) {
            if (!step.is_object() || !step.contains("name") || !step["name"].is_string()) continue;
            const auto took = step.find("ms");
            record.steps.push_back({step["name"].get<std::string>(),
                                    took != step.end() && took->is_number_integer() ? took->get<std::int64_t>() : 0});
        }
    }
    record.killed = object.value("killed", Json()) == Json(true);
    if (const auto cut = object.find("cut_requests"); cut != object.end() && cut->is_number_integer())
        record.cut = cut->get<int>();
    return record;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_deployed(const Record& record) { return record.verdict == "deployed"; }

}

std::string to_json(const Record& record) {
    Json object{{"schema", 1}};
    for (const auto& [name, member] : members) object[name] = record.*member;
    object["killed"] = record.killed;
    object["cut_requests"] = record.cut;
    object["steps"] = Json::array();
    for (const auto& step : record.steps) object["steps"].push_back({{"name", step.name}, {"ms", step.milliseconds}});
    return sys::dump_json(object);
}

Result<History> parse_history(std::string_view text, const std::string& file, History history) {
    int number = 0;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        ++number;
        const auto line = text.substr(0, end);
        const auto object = sys::parse_json(line, file);
        if (!object.ok() || !object->is_object() || object->value("schema", Json()) != Json(1)) {
            return could_not("this is not a record of a deployment", {.file = file, .line = number});
        }
        history.records.push_back(record_from(object.value()));
        const bool first_of_all = history.records.size() == 1 && history.from_middle;
        if (!first_of_all && history.records.back().prev_sha256 != history.last_sha256) {
            history.broken.push_back(
                fmt::format("line {} does not follow from the line before it: one of them was changed", number));
        }
        history.last_sha256 = sys::sha256(line);
    }
    history.torn = text.size();
    return history;
}

bool holds_to(const History& history, const Anchor& anchor) {
    if (anchor.sha256.empty() || history.last_sha256 == anchor.sha256) return true;
    return !history.records.empty() && history.records.back().prev_sha256 == anchor.sha256; // it died before naming it
}

std::vector<std::string> broken_end(const History& history, const Anchor& anchor, std::string_view unfinished) {
    std::vector<std::string> found;
    const auto& records = history.records;
    if (history.torn > 0 && unfinished.empty())
        found.push_back(fmt::format("{} bytes at its end are not a record", history.torn));
    if (anchor.deployment.empty()) return found;
    const auto named = [&](const Record& record) { return record.deployment == anchor.deployment; };
    if (records.empty()) {
        found.push_back(
            fmt::format("there is no record, and state.json names deployment {}: the history was emptied or "
                        "taken away",
                        anchor.deployment));
    } else if (anchor.sha256.empty()) {
        if (!history.from_middle && std::none_of(records.begin(), records.end(), named))
            found.push_back(fmt::format("the record of deployment {}, which state.json names, is gone: it was cut off "
                                        "or changed",
                                        anchor.deployment));
    } else if (history.last_sha256 != anchor.sha256) {
        const auto& last = records.back();
        if (!unfinished.empty() && last.deployment == unfinished && last.prev_sha256 == anchor.sha256) return found;
        found.push_back(
            named(last)
                ? fmt::format("the last record, of deployment {}, is not the one that was written", anchor.deployment)
                : fmt::format("the last record is of deployment {}, and state.json names {}: records were "
                              "cut off, added or changed",
                              last.deployment, anchor.deployment));
    }
    return found;
}

std::string rollback_choice(const History& history, std::string_view current, const std::vector<std::string>& present) {
    // Each above the one that served before it came. A rollback takes off what it leaves; one to a release that was
    // taken off itself puts that one on top again, as a deployment does.
    std::vector<std::string> served;
    for (const auto& record : history.records) {
        if (!is_deployed(record)) continue;
        const auto there = std::find(served.begin(), served.end(), record.release);
        if (record.command == "rollback" && there != served.end()) {
            served.erase(there + 1, served.end());
        } else {
            if (there != served.end()) served.erase(there);
            served.push_back(record.release);
        }
    }
    for (auto below = std::find(served.begin(), served.end(), current);
         below != served.begin() && below != served.end();)
        if (contains(present, *--below)) return *below;
    return {};
}

std::vector<std::string> kept_releases(const History& history, std::string_view current, std::string_view previous,
                                       std::size_t count) {
    std::vector<std::string> kept;
    for (auto record = history.records.rbegin(); record != history.records.rend() && kept.size() < count; ++record) {
        if (is_deployed(*record) && !contains(kept, record->release)) kept.push_back(record->release);
    }
    for (const auto name : {current, previous}) {
        if (!name.empty() && !contains(kept, name)) kept.emplace_back(name);
    }
    return kept;
}

std::string make_ulid(std::int64_t milliseconds, std::string_view random_hex20) {
    static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string id(26, '0');
    auto time = static_cast<std::uint64_t>(milliseconds);
    for (std::size_t i = 10; i-- > 0; time /= 32) id[i] = digits[time % 32];
    // 80 random bits: 20 hex digits give 16 digits of 5 bits, in two halves of 40 bits.
    for (std::size_t half = 0; half < 2; ++half) {
        auto bits = std::stoull(std::string(random_hex20.substr(half * 10, 10)), nullptr, 16);
        for (std::size_t i = 8; i-- > 0; bits /= 32) id[10 + half * 8 + i] = digits[bits % 32];
    }
    return id;
}

}
