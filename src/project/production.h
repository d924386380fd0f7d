#pragma once

namespace fairlead::read {
struct ComposeProject;
}

// Finds marks that a file is for production: facts, without a verdict.
namespace fairlead::project {

// Returns whether a service has settings named for production (NODE_ENV=production), publishes port 80 or 443, has a
// router's rule for a host name, or fetches certificates.
bool says_production(const read::ComposeProject& compose);

}
