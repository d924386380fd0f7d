#pragma once
#include "base/result.h"
#include "base/time.h"
#include "config/rows.h"
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

// `preflight:` of fairlead.yml.
namespace fairlead::preflight {

struct RuleRows; // rows/row.h

struct Settings {
    std::map<std::string, std::string> rules;  // id -> off, info, warning, error
    std::shared_ptr<const RuleRows> own_rules; // null: the team has no rules of its own
    std::int64_t secret_min = 64;              // length in characters
    std::int64_t jwt_min_bytes = 32;
    Milliseconds jwt_expiry_max{15 * 60 * 1000};
    Milliseconds hsts_min{365LL * 24 * 60 * 60 * 1000};
    std::int64_t cert_days = 30;
    std::int64_t secret_days = 90;
    std::vector<std::string> exclude;       // globs of files that are not judged
    std::vector<std::string> allowed_bases; // allowed images in FROM; empty: any
    std::vector<std::string> required_vars;
    std::vector<std::string> frontends = {"VITE_",   "REACT_APP_",   "NEXT_PUBLIC_", "NUXT_PUBLIC_",
                                          "PUBLIC_", "EXPO_PUBLIC_", "GATSBY_",      "VUE_APP_"};
    std::string sqlite = "refused";                    // refused or allowed
    std::string tls = "here";                          // "here", or "outside" if a load balancer in front ends TLS
    std::vector<std::string> env_files, compose_files; // for the environment; empty: found by name
    std::string env_dialect;                           // empty: the dialect of the file's reader
    std::vector<std::string> signers;                  // who may sign checklist items; empty: the owners in CODEOWNERS
    std::vector<std::string> signer_keys; // files of public keys for sealed sign-offs; empty: no seal is required
    bool four_eyes = false;               // the author of a change may not sign
    std::string health_path;              // deploy.health.path; empty: not set
    std::vector<std::string> deployed;    // compose files that deploy.target deploys
};

const config::Rows<Settings>& settings_rows();

}
