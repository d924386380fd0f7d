#pragma once
#include "preflight/checklists/facts.h"
#include "preflight/checklists/signers.h"
#include "preflight/checklists/signoffs.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What each item of a checklist comes to, from plain values: what rules found, what commands said, who signed.
namespace fairlead::preflight {

// A finding of a rule that an item rests on.
struct RuleHit {
    std::string rule, file;
    int line = 0;
    report::Severity severity = report::Severity::error;
    std::string message;
};

struct Ran {
    int status = 0;
    std::string said;    // its last lines
    std::string problem; // it could not be started or was not done in time; empty: `status` counts
    Milliseconds time{0};
};

struct Seen {
    std::map<std::string, std::vector<RuleHit>, std::less<>> hits; // by rule
    std::map<std::string, std::string, std::less<>> lacks;         // by rule: what it judges isn't here, in words
    std::set<std::string, std::less<>> rules_off;                  // by preflight.rules
    std::map<std::vector<std::string>, Ran> ran;                   // by command
    std::map<std::string, Signoff> signoffs;                       // by item
    std::function<bool(const std::string& path)> is_in_repository;
    std::function<bool(const std::string& glob)> has_file;
    std::function<bool(const std::string& id)>
        has_commit;                // null: nobody can tell, the clone is shallow or there is no git
    std::vector<attest::Key> keys; // of preflight.signer_keys; empty: no seal is asked for
    Signers signers;
    bool four_eyes = false;
    std::string author; // mail of who made the change; asked for four_eyes alone
    SystemTime now{};
};

enum class ItemState { yes, no, stale, open, not_applicable };
std::string_view name_of(ItemState state); // "not applicable"

struct Outcome {
    const Item* item = nullptr;
    ItemState state = ItemState::open;
    std::string why; // of each but yes: one line
    std::optional<Signoff> signoff;
    std::string last_day;              // of the sign-off
    std::vector<std::string> attached; // what rules found and commands said, a line each
    std::vector<report::Finding> findings;
    Milliseconds time{0};
};

Outcome judge_item(const Checklist& list, const Item& item, const Around& around, const Seen& seen);

// Of a sign-off that is still good: how many days before its end it is told; 14, but a quarter of a short one.
Milliseconds notice_of(const Item& item);

}
