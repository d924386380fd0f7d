#pragma once
#include "base/result.h"
#include "deploy/release/release.h"
#include "deploy/release/store.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>

// The record by which one environment tells another, perhaps on another host, what serves there: `history --export`
// writes it, `--promote-from` reads it. Whoever carries it may have changed it: a reader believes its form only, and
// holds each word against what is about to be deployed.
namespace fairlead::deploy {

struct Proof { // each a plain word: at most 128 letters, digits and . _ : + -
    std::string app, environment, deployment, command, verdict;
    std::string release, version, digest, commit;
    std::string started, finished; // RFC 3339
    std::string smoke;        // pass, fail, error; unknown: nobody asked since, or what it said is of another release
    std::string tool_version; // of the exporting fairlead-deploy
};

std::string to_json(const Proof& proof);
// Error (no): any other bytes than to_json would write.
Result<Proof> parse_proof(std::string_view text, const std::string& file);

// Of what serves. Error (no): nothing does, a deployment is unfinished, or the history doesn't tell of it.
Result<Proof> prove(const Settings& settings, const Store& store);
Result<void> write_proof(const Proof& proof, const std::string& file); // 0600

// Error (usage): promote_from without a record (`file` is empty), or a record without promote_from.
Result<void> check_promotion_asked(const Settings& settings, const std::string& file);
// The same, and error (no): the record doesn't say that this very release was deployed there.
Result<void> check_promotion(const Settings& settings, const std::string& file, const ReleaseInfo& release);
Result<void> check_proof(const Proof& proof, const Settings& settings, const ReleaseInfo& release);

}
