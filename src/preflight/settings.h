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
    std::shared_ptr<const RuleRows> own_rules; // null: none
    std::int64_t secret_min = 64;              // characters
    std::int64_t jwt_min_bytes = 32;
    Milliseconds jwt_expiry_max{15 * 60 * 1000};
    Milliseconds hsts_min{365LL * 24 * 60 * 60 * 1000};
    std::int64_t cert_days = 30;
    std::int64_t secret_days = 90;
    std::vector<std::string> exclude;       // globs of files that aren't judged
    std::vector<std::string> allowed_bases; // of FROM; empty: any
    std::vector<std::string> required_vars;
    std::vector<std::string> frontends = {"VITE_",   "REACT_APP_",   "NEXT_PUBLIC_", "NUXT_PUBLIC_",
                                          "PUBLIC_", "EXPO_PUBLIC_", "GATSBY_",      "VUE_APP_"};
    std::string sqlite = "refused";                    // allowed
    std::string tls = "here";                          // outside: a balancer before us ends TLS
    std::vector<std::string> env_files, compose_files; // of the environment; empty: what is found
    std::string env_dialect;                           // empty: by who uses the file
    std::vector<std::string> signers;                  // who may sign items of checklists; empty: CODEOWNERS says
    std::vector<std::string> signer_keys; // files of public keys that sign-offs are sealed by; empty: none is asked for
    bool four_eyes = false;               // nobody signs who made the change
    std::string health_path;              // deploy.health.path; empty: fairlead-deploy isn't told of any
};

const config::Rows<Settings>& settings_rows();

}
