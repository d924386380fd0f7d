#pragma once
#include "attest/judged.h"
#include "attest/key.h"
#include "attest/store.h"
#include "base/result.h"
#include "config/config.h"
#include <string>
#include <vector>

// The verdicts that an environment requires (`environments.X.require`), and whether there is evidence of them.
namespace fairlead::attest {

// What a stored verdict says of itself, whoever signed it. Error (no): it can't be read.
Result<Judged> claim_of(const Stored& stored);

struct Demand {
    std::string tool;
    std::string environment; // "staging" of smoke@staging; empty: none is named
    Milliseconds max_age{0};
    std::string name() const; // "smoke@staging"
};
// Error (usage), at its place: an unknown tool, environment or key; a demand that is there twice; no key would count.
Result<std::vector<Demand>> read_demands(const config::Config& config, const std::string& environment);

// What the verdicts have to be about.
struct About {
    std::string app, environment;
    std::string commit;           // whole; empty: none is known, so no verdict about a commit counts
    bool dirty = false;           // the release was made from files that had changed since that commit
    std::string release, version; // of the release; empty: not known, so any is accepted
    std::string digest;           // SHA-256 of the release; empty: not known, so any is accepted
};

struct Answer {
    std::string demand;    // its name
    std::string evidence;  // id of the verdict that counts; empty: none
    std::string complaint; // why none counts, and the command that makes one; empty: one counts
};
// A verdict counts if one of `keys` signed it, it is about exactly this, by exactly the policy of `config`, and no
// older than required. Of several by one command about one environment the newest counts; so a no is taken back only by
// a later yes of its own. Two of one moment that disagree don't count. Error (usage): fairlead.yml can't be read.
Result<std::vector<Answer>> answer(const std::vector<Demand>& demands, const About& about, const config::Config& config,
                                   const std::vector<Key>& keys, const std::vector<Stored>& stored, SystemTime now);
// Does the same with the keys and the folder of `config`. Error (usage): a key can't be read; (no): the folder can't.
Result<std::vector<Answer>> answer(const std::vector<Demand>& demands, const About& about, const config::Config& config,
                                   SystemTime now);

}
