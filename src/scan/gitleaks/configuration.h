#pragma once
#include "base/result.h"
#include "scan/gitleaks/go_pattern.h"
#include "scan/rules/rule.h"
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The configuration of gitleaks 8.30 (https://github.com/gitleaks/gitleaks, "Configuration").
namespace fairlead::scan::gitleaks {

// Matches of rules that are not findings. With `all`, every given check must be true; otherwise one of them.
struct Allowlist {
    enum class Target { secret, match, line };
    bool all = false;
    Target target = Target::secret;                  // what `regexes` search
    std::vector<std::string> commits, stopwords;     // in lower case
    std::shared_ptr<const GoPattern> paths, regexes; // the alternatives as one expression; null: none

    bool allows_commit(std::string_view commit) const;
    bool allows_path(std::string_view path) const;
    bool allows_text(std::string_view text) const;   // by `regexes`
    bool allows_word(std::string_view secret) const; // by `stopwords`
};
using Allowlists = std::vector<Allowlist>;

struct Required {
    std::string id;
    std::optional<int> within_lines, within_columns;
};

struct Rule {
    std::string id, description;
    std::shared_ptr<const GoPattern> regex, path; // null: none; never both, unless it changes a built-in rule
    int secret_group = 0;                         // 0: the first group that is not empty
    double entropy = 0;                           // bits per byte; 0: not tested
    std::vector<std::string> keywords, tags;      // keywords in lower case; none: the rule always runs
    bool skip_report = false;                     // runs only for rules that require it
    std::vector<Required> required;
    Allowlists allowlists;
};

struct Configuration {
    std::string file;        // where it was read; empty: nowhere
    std::vector<Rule> rules; // ids occur once
    Allowlists allowlists;   // for all rules
    // The built-in rules in use, and the file's changes of them (a rule with their id, without `regex`).
    std::vector<const scan::Rule*> built_in;
    std::map<std::string, Rule, std::less<>> changed;
    bool extended = false;             // then gitleaks lists the rules by id
    std::string sources;               // the texts that it was read from
    std::vector<std::string> warnings; // sentences about parts of the file that have no effect

    const Rule* find(std::string_view id) const;
};

// Reads another file, which `extend.path` names.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

// Error (usage), with the place in the file: malformed, an expression that RE2 refuses, or a rule that gitleaks
// refuses.
Result<Configuration> read_configuration(std::string_view text, const std::string& file, const ReadFile& read);

// Without a configuration, gitleaks uses its built-in rules; we use ours.
Configuration built_in_configuration();

// Keeps only these rules. Error (usage): a rule is unknown.
Result<void> keep_rules(Configuration& configuration, const std::vector<std::string>& ids);

}
