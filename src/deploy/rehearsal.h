#pragma once
#include "base/result.h"
#include "deploy/session.h"
#include <string>
#include <vector>

// What `status --check` asks beyond the records: each instance of what serves, and whether a rollback could go.
namespace fairlead::deploy {

// Replicas and workers that don't run, or don't answer well at their own address; empty: all do.
Result<std::vector<std::string>> missing(Session& session, const Observed& observed, const State& state);

// What a rollback by now would fail at, or lack: its release with image, files and seal, its variables, the database,
// the router. `before`: the release that served before. Nothing is started.
Result<std::vector<std::string>> no_way_back(Session& session, const Observed& observed, const std::string& before);

}
