#pragma once
#include "base/result.h"
#include "deploy/carry/session.h"
#include <string>
#include <vector>

// Checks of `status --check` beyond the records: each instance of the serving release, and whether a rollback would
// work.
namespace fairlead::deploy {

// Returns replicas and workers that don't run, or give bad answers at their own address; empty: all are well.
Result<std::vector<std::string>> missing(Session& session, const Observed& observed, const State& state);

// Returns the reasons why a rollback would fail now: a problem with its release (image, files, seal), its variables,
// the database or the router. `before`: the release that served before; empty: none is known. Starts nothing.
Result<std::vector<std::string>> no_way_back(Session& session, const Observed& observed, const std::string& before);

}
