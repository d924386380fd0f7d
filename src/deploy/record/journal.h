#pragma once
#include "base/result.h"
#include "deploy/decide/plan.h"
#include "ledger/journal.h"
#include <optional>
#include <string>
#include <string_view>

// A deployment's journal, deployments/<id>/journal.jsonl: its plan and its steps.
namespace fairlead::deploy {

struct Journal {
    Unfinished deployment;
    std::string started;                // RFC 3339
    std::optional<std::string> verdict; // the result; nothing: the deployment didn't end
};

sys::Json to_json(const Plan& plan);
std::string plan_line(const Plan& plan, std::string_view at);
std::string step_line(const Step& step, std::string_view at);

// Error (could_not): a plan or a step has a form that we don't write.
Result<Journal> read_journal(const ledger::Journal& journal);
// Like read_journal(), from the file's text; also returns the errors of ledger::parse_journal.
Result<Journal> parse_journal(std::string_view text, const std::string& file);

}
