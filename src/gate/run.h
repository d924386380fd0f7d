#pragma once
#include "config/change.h"
#include "gate/collect/collect.h"
#include "gate/judge/baseline.h"
#include "gate/judge/explain.h"
#include "gate/policy.h"
#include "report/report.h"
#include <optional>
#include <string>

// One run: the reports of the policy are read and judged, or packed into a shard.
namespace fairlead::gate {

struct Asking {
    Policy policy;
    Folders folders;
    std::optional<BaselineFile> baseline; // if the policy compares with it
    std::string note;                     // instead of a file: refs/notes/… with the baselines of commits
    bool writes_baseline = false;         // writes the baseline if the verdict is pass, instead of comparing
    std::string shard;                    // the folder to pack the reports into (shards.h); empty: they are judged
    config::Change change;
    std::string config_folder; // of fairlead.yml, where the paths of `size` start
    std::string verdicts;      // the folder whose .fairlead/out has the verdicts of other tools; empty: folders.base
    bool wants_cobertura = false;
    OriginOf explains; // set if the rules are explained, too
};

// Error (usage): a `root` is no folder, or the base can't be found. Error (could_not): the repository can't be read, a
// file can't be written, or a signal asked us to stop.
Result<report::Report> run(const Asking& asking);

}
