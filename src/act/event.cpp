#include "act/event.h"
#include "base/text.h"
#include "sys/data/json.h"

namespace fairlead::act {

namespace {

using sys::Json;

Json side(const Facts& facts, const std::string& branch, const std::string& commit) {
    return {{"ref", branch}, {"sha", commit}, {"repo", {{"full_name", facts.repository}, {"fork", false}}}};
}

void add_push(Json& event, const Facts& facts) {
    const bool tag = !facts.tag.empty();
    event["ref"] = tag ? "refs/tags/" + facts.tag : "refs/heads/" + facts.branch;
    event["before"] = tag || facts.base.empty() ? std::string(40, '0') : facts.base;
    event["after"] = facts.head; // act takes it for the commit only beside `deleted`
    event["created"] = tag || facts.base.empty();
    event["deleted"] = false;
    event["forced"] = false;
    event["head_commit"] = {{"id", facts.head}};
}

void add_pull_request(Json& event, const Facts& facts) {
    event["action"] = "synchronize";
    event["number"] = 1;
    event["pull_request"] = {{"number", 1},
                             {"draft", false},
                             {"labels", Json::array()},
                             {"head", side(facts, facts.branch, facts.head)},
                             {"base", side(facts, facts.base_branch, facts.base)}};
}

void add_merge_group(Json& event, const Facts& facts) {
    event["action"] = "checks_requested";
    event["merge_group"] = {{"head_sha", facts.head},
                            {"head_ref", "refs/heads/gh-readonly-queue/" + facts.base_branch + "/pr-1-" + facts.head},
                            {"base_sha", facts.base},
                            {"base_ref", "refs/heads/" + facts.base_branch}};
}

void add_dispatch(Json& event, const Facts& facts) {
    event["ref"] = facts.tag.empty() ? "refs/heads/" + facts.branch : "refs/tags/" + facts.tag;
    event["inputs"] = Json::object();
    for (const auto& [name, value] : facts.inputs) event["inputs"][name] = value;
}

constexpr struct {
    std::string_view event;
    void (*add)(Json&, const Facts&);
} kinds[] = {{"push", add_push},
             {"pull_request", add_pull_request},
             {"merge_group", add_merge_group},
             {"workflow_dispatch", add_dispatch}};

}

std::string payload(std::string_view event, const Facts& facts) {
    Json json = {{"repository",
                  {{"full_name", facts.repository},
                   {"name", split(facts.repository, '/').back()},
                   {"owner", {{"login", split(facts.repository, '/').front()}}},
                   {"default_branch", facts.default_branch}}}};
    for (const auto& kind : kinds)
        if (kind.event == event) kind.add(json, facts);
    return sys::dump_json(json, 2) + "\n";
}

}
