#pragma once
#include "attest/demand.h"
#include "deploy/carry/deployment.h"
#include "deploy/commands.h"
#include <optional>
#include <string>

// Decides whether a release has the evidence that its environment requires (environments.X.require). A rollback asks
// for none: what it leads to was judged when it was deployed.
namespace fairlead::deploy {

struct Session; // deploy/carry/session.h

// What the evidence has to be about.
attest::About about_of(const Settings& settings, const ReleaseInfo& release);

struct Based {
    std::optional<Outcome> refusal; // nothing: it may be deployed
    Deployment::Basis basis;
    std::string text; // a line for each requirement
};
// Asks for confirmation if the release comes without evidence, unless it was asked `before`. Error (usage): a reason is
// given, but nothing is required; not confirmed; a key can't be read.
Result<Based> based_on(Session& session, const ReleaseInfo& release, const Request& request, const Based& before = {});
// Error (no): the same for a component, before another one is deployed; reads its release.
Result<void> check_evidence(const Settings& settings, const sys::Environment& process, const Request& request);

}
