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

// Decides the state of each item from plain values: findings of rules, results of commands, sign-offs.
namespace fairlead::preflight {

// A finding of a rule that an item uses.
struct RuleHit {
    std::string rule, file;
    int line = 0;
    report::Severity severity = report::Severity::error;
    std::string message;
};

struct Ran {
    int status = 0;
    std::string said;    // its last output lines
    std::string problem; // why it could not be started or didn't end in time; empty: `status` counts
    Milliseconds time{0};
};

struct Seen {
    std::map<std::string, std::vector<RuleHit>, std::less<>> hits; // by rule
    std::map<std::string, std::string, std::less<>> lacks;         // by rule: the message that its subject is missing
    std::set<std::string, std::less<>> rules_off;                  // rules that preflight.rules turns off
    std::map<std::vector<std::string>, Ran> ran;                   // by command
    std::map<std::string, Signoff> signoffs;                       // by item
    std::function<bool(const std::string& path)> is_in_repository;
    std::function<bool(const std::string& glob)> has_file;
    std::function<bool(const std::string& id)> has_commit; // null: unknown (a shallow clone, or no git)
    std::vector<attest::Key> keys;                         // from preflight.signer_keys; empty: no seal is required
    Signers signers;
    bool four_eyes = false;
    std::string author; // e-mail address of the change's author; only set for four_eyes
    SystemTime now{};
};

enum class ItemState { yes, no, stale, open, not_applicable };
std::string_view name_of(ItemState state); // "not applicable"

struct Outcome {
    const Item* item = nullptr;
    ItemState state = ItemState::open;
    std::string why; // one line for every state except yes
    std::optional<Signoff> signoff;
    std::string last_day;              // last day on which the sign-off counts
    std::vector<std::string> attached; // findings of rules and output of commands, one line each
    std::vector<report::Finding> findings;
    Milliseconds time{0};
};

Outcome judge_item(const Checklist& list, const Item& item, const Around& around, const Seen& seen);

// Returns how long before its end a valid sign-off is reported: 14 days, or a quarter of its lifetime if that is
// shorter.
Milliseconds notice_of(const Item& item);

}
