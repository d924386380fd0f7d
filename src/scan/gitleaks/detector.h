#pragma once
#include "scan/engine.h"
#include "scan/gitleaks/configuration.h"
#include "scan/gitleaks/decoder.h"
#include "scan/gitleaks/finding.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan::gitleaks {

// A text that is searched as a unit: a piece of a file, or the lines that a commit adds at one place.
struct Fragment {
    std::string_view text;
    std::string path, commit; // either may be empty
    int first_line = 1;
    Guess guess = Guess::yes; // of the built-in rules
};

// Finds what gitleaks finds with a configuration (gitleaks, detect/detect.go).
class Detector {
  public:
    struct Settings {
        int decode_depth = 5;                // passes of decoding
        std::size_t most_megabytes = 0;      // of a fragment, rounded down; 0: no limit
        bool honour_allow = true;            // gitleaks:allow in a line silences its findings
        std::vector<std::string> allow = {}; // expressions; a match of any of them is not a secret
    };
    // Error (usage): an expression can't be compiled.
    static Result<Detector> make(Configuration configuration, const Settings& settings);
    // Without commit data. Findings that a more specific rule explains better are left out.
    Result<std::vector<Finding>> find(const Fragment& fragment);
    // Returns whether find() could have a finding in whole lines of the text that touch `changed`, as a piece of that
    // file, in any commit. True may be wrong, false is certain. The text must end with a newline. `closed`: pieces do
    // so, too.
    Result<bool> may_find(std::string_view text, Part changed, const std::string& path, bool closed);
    bool has_rule_for(const std::string& path) const; // whether a rule for certain files applies to this file
    // Returns a key that is equal for two paths if the same rules for certain files apply to both; empty: none apply.
    std::string rules_for(const std::string& path) const;
    // Like Engine::add_zones(), for all rules and encoded parts, in no order.
    Result<void> add_zones(std::string_view text, Part lines, const std::string& path, bool closed,
                           std::vector<Zone>& zones);
    // Whether a global allowlist leaves out the fragment because of its path or commit.
    bool skips(const Fragment& fragment) const;
    // Whether a file or a folder is left out because of its path, whatever the list's other conditions say.
    bool skips_path(std::string_view path) const;
    const Configuration& configuration() const { return configuration_; }

  private:
    static constexpr std::size_t lines_around = 16; // lines that are searched before and after changed lines
    Detector(Configuration configuration, const Settings& settings, Engine built_in);
    class Newlines;
    struct Pass;
    Result<void> look(const Pass& pass, std::vector<Finding>& findings);
    Result<void> prepare();
    bool runs(std::size_t rule, const std::vector<bool>& keywords) const;
    struct InLines { // a rule's expression for whole lines
        GoPattern pattern;
        bool is_exact; // its matches in single lines are exactly those in pieces with these lines
        bool is_long;  // it may match many lines
    };
    Result<const InLines*> in_lines(std::size_t rule, bool closed);
    Result<bool> may_match(std::size_t rule, const Pass& pass, bool closed);
    Result<bool> may_match_any(std::string_view text, const std::string& path, bool closed, bool long_ones);
    Result<bool> may_find_near(std::string_view text, const std::string& path, bool closed);
    Result<bool> may_find_far(std::string_view text, Part changed, const std::string& path, bool closed,
                              Engine::Reach reach);
    std::vector<bool> keywords_in(std::string_view text);
    std::vector<Finding> apply(const Rule& rule, const Pass& pass) const;
    std::vector<Finding> apply_alone(const Rule& rule, const Pass& pass) const;
    Result<void> apply_built_in(const Pass& pass, std::vector<Finding>& findings);
    std::optional<Finding> judge(const Rule& rule, const Pass& pass, Stretch whole, std::string_view match,
                                 std::string_view secret) const;
    bool is_allowed(const Allowlists& lists, const Pass& pass, const Finding& finding, std::string_view line) const;

    Configuration configuration_;
    Settings settings_;
    Engine built_in_;
    std::vector<std::string> keywords_;             // of all rules, each once
    std::vector<std::vector<std::size_t>> by_rule_; // rule -> keywords
    std::optional<sys::LiteralSet> prefilter_;      // compiled at the first use
    std::vector<std::optional<InLines>> in_lines_;  // by rule; compiled at the first use
    bool has_long_rules_ = false;
};

}
