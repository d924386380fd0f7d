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
    std::string hold;                     // who keeps deployments away, since when and why; empty: nobody
    std::string router_problem;           // "answers 502"; empty: it answers as it should, or need not
    std::string router_lost;              // why the router would not follow a switch; empty: it would, or nobody looked
    std::string drift;                    // of the release's files from what was sealed; empty: none, or nobody looked
    std::vector<std::string> no_way_back; // what a rollback would fail at, or lack; empty: nothing, or nobody looked
    std::vector<std::string> missing;     // of what serves: instances that don't run or don't answer
    std::optional<ContractLeft> left;     // of what serves
    std::vector<std::string> hooks_left;  // that said no behind the deployment of what serves
    std::optional<Pending> pending;       // the same, as the database tells; nothing: deploy.migrate is off
};
report::Report show(const Status& status, const Settings& settings);

void add(report::Report& report, const Records& records); // as warnings

}
