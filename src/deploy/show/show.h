#pragma once
#include "deploy/carry/deployment.h"
#include "deploy/policy/contract_left.h"
#include "deploy/promotion.h"
#include "deploy/record/record.h"
#include "deploy/show/pending.h"
#include "report/report.h"
#include <optional>
#include <string>
#include <vector>

// Turns results into reports.
namespace fairlead::deploy {

report::Report show(const Outcome& outcome, const Settings& settings, Milliseconds duration);
report::Report show(const Deployment::Ahead& ahead, const Settings& settings);
report::Report show(const Plan& plan, const Settings& settings, const std::vector<std::string>& notes = {});
report::Report show(const History& history, std::size_t count);
report::Report show(const Proof& proof, const std::string& file); // `file`: where the proof was written
struct Status {
    State state;
    Observed observed;
    std::string unfinished; // deployment id; empty: none
    std::string lock_holder;
    std::string hold;           // description of the hold: who, since when and why; empty: no hold
    std::string router_problem; // "answers 502"; empty: it answers as it should, or need not
    // why a switch of the router would fail; empty: it would work, or it wasn't checked
    std::string router_lost;
    // how the release's files differ from the sealed files; empty: not at all, or it wasn't checked
    std::string drift;
    std::vector<std::string> no_way_back; // why a rollback would fail; empty: it would work, or it wasn't checked
    std::vector<std::string> missing;     // instances of the serving release that don't run or don't answer
    std::string without_evidence;         // why the serving release came without required evidence; empty: it had it
    std::optional<ContractLeft> left;     // contracting migrations that the serving release must still run
    std::vector<std::string> hooks_left;  // post hooks that failed after the serving release was deployed
    // pending migrations according to the database; nothing: deploy.migrate is off
    std::optional<Pending> pending;
};
report::Report show(const Status& status, const Settings& settings);

void add(report::Report& report, const Records& records); // as warnings

}
