#include "deploy/record/record.h"
#include "deploy/record/texts.h"
#include "sys/data/json.h"
#include <algorithm>

namespace fairlead::deploy {

namespace {

using sys::Json;

struct RecordText {
    const char* name;
    std::string Record::*member;
};
constexpr RecordText record_texts[] = {
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
    for (const auto& [name, member] : record_texts) {
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
    if (const auto canary = object.find("canary"); canary != object.end()) record.canary = canary->dump();
    record.plan = sys::text_of(object, "plan");
    record.evidence = texts_of(object, "evidence");
    record.without_evidence = sys::text_of(object, "without_evidence");
    record.migrations = migrations_from(object.value("migrations", Json()));
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

Json to_json(const Record& record) {
    Json object{{"schema", 1}};
    for (const auto& [name, member] : record_texts) object[name] = record.*member;
    if (const auto canary = sys::parse_json(record.canary, ""); !record.canary.empty() && canary.ok())
        object["canary"] = canary.value();
    if (!record.plan.empty()) object["plan"] = record.plan;
    if (!record.evidence.empty()) object["evidence"] = record.evidence;
    if (!record.without_evidence.empty()) object["without_evidence"] = record.without_evidence;
    if (!record.migrations.none()) object["migrations"] = to_json(record.migrations);
    if (record.command == "sign-off") object[ledger::signed_off_key] = record.signed_off;
    object["killed"] = record.killed;
    object["cut_requests"] = record.cut;
    object["steps"] = Json::array();
    for (const auto& step : record.steps) object["steps"].push_back({{"name", step.name}, {"ms", step.milliseconds}});
    return object;
}

History read_history(ledger::Chain chain) {
    History history{std::move(chain), {}};
    for (const auto& link : history.links) {
        const auto record = sys::parse_json(link.line, "");
        history.records.push_back(record.ok() ? record_from(record.value()) : Record{}); // the chain has read it before
    }
    return history;
}

Result<History> parse_history(std::string_view text, const std::string& file, History before) {
    auto chain = TRY(ledger::parse_chain(text, file, domain, std::move(before)));
    return read_history(std::move(chain));
}

SystemTime last_by(const History& history, const std::string& plan) {
    const auto& records = history.records;
    const auto last = std::find_if(records.rbegin(), records.rend(),
                                   [&](const Record& one) { return one.plan == plan && one.verdict == "deployed"; });
    return last == records.rend() ? SystemTime{} : parse_utc(last->finished).value_or(SystemTime{});
}

const Record* came_by(const History& history, std::string_view release) {
    const auto& records = history.records;
    const auto last = std::find_if(records.rbegin(), records.rend(), [&](const Record& one) {
        return one.release == release && one.command == "apply" && is_deployed(one);
    });
    return last == records.rend() ? nullptr : &*last;
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
                                       std::size_t count, const std::vector<std::string>& bad) {
    std::vector<std::string> kept;
    const auto keep_newest = [&](const auto& is_counted) {
        std::size_t counted = 0;
        std::vector<std::string> seen;
        for (auto record = history.records.rbegin(); record != history.records.rend() && counted < count; ++record) {
            if (!is_deployed(*record) || contains(seen, record->release) || !is_counted(record->release)) continue;
            seen.push_back(record->release);
            ++counted;
            if (!contains(kept, record->release)) kept.push_back(record->release);
        }
    };
    keep_newest([](const std::string&) { return true; });
    keep_newest([&](const std::string& release) { return !contains(bad, release); });
    for (const auto name : {current, previous}) {
        if (!name.empty() && !contains(kept, name)) kept.emplace_back(name);
    }
    return kept;
}

}
