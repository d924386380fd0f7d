#pragma once
#include "base/result.h"
#include "deploy/release/release.h"
#include "deploy/release/store.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>

// The record of the release that serves in one environment, for another environment, perhaps on another host. `history
// --export` writes it, `--promote-from` reads it. It may have been changed on the way. So a reader trusts no value, and
// compares each with the release to be deployed.
namespace fairlead::deploy {

struct Proof { // each value: at most 128 letters, digits and . _ : + -
    std::string app, environment, deployment, command, verdict;
    std::string release, version, digest, commit;
    std::string started, finished; // RFC 3339
    // pass, fail, error; unknown: not checked after the deployment, or the result is about another release
    std::string smoke;
    std::string tool_version; // of the exporting fairlead-deploy
};

std::string to_json(const Proof& proof); // with a digest over everything in it
// Error (no): the text differs from what to_json would write, or comes from an earlier version, which wrote no digest.
// `from`: the environment that must export the record again.
Result<Proof> parse_proof(std::string_view text, const std::string& file, const std::string& from);

// Makes the record of the serving release. Error (no): nothing serves, a deployment is unfinished, or the history
// doesn't contain it.
Result<Proof> prove(const Settings& settings, const Store& store);
Result<void> write_proof(const Proof& proof, const std::string& file); // 0600

// Error (usage): promote_from is set without a record (`file` is empty), or there is a record without promote_from.
Result<void> check_promotion_asked(const Settings& settings, const std::string& file);
// Like check_promotion_asked(), and error (no): the record doesn't say that exactly this release was deployed there.
Result<void> check_promotion(const Settings& settings, const std::string& file, const ReleaseInfo& release);
Result<void> check_proof(const Proof& proof, const Settings& settings, const ReleaseInfo& release);

}
