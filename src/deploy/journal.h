#pragma once
#include "base/result.h"
#include "deploy/plan.h"
#include <optional>
#include <string>
#include <string_view>

// deployments/<id>/journal.jsonl: one JSON object per line. The first holds the plan, each later one announces a step
// before it is done, the last says how it ended. A torn last line is ignored: what it announced was not begun.
namespace fairlead::deploy {

struct Journal {
    Unfinished deployment;
    std::string started;                // RFC 3339
    std::optional<std::string> verdict; // how it ended; nothing: it did not
};

std::string plan_line(const Plan& plan, std::string_view at);
std::string step_line(const Step& step, std::string_view at);
std::string end_line(std::string_view verdict, std::string_view at);

// Error (could_not): a schema that is not ours, or a line in the middle that is no journal line. Empty text or only a
// torn line: no plan, a verdict of "" (nothing was begun).
Result<Journal> parse_journal(std::string_view text, const std::string& file);

std::string plan_json(const Plan& plan);

}
