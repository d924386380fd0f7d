#pragma once
#include "sys/data/json_stream.h"
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

// The rules that a SARIF run lists for its tool; they decide the levels of its results. SARIF 2.1.0, sections 3.18,
// 3.19, 3.52.
namespace fairlead::gate {

// A result's reference to its rule: sections 3.27.5 to 3.27.7.
struct RuleReference {
    std::string level; // of the result itself; if it is set, the other members don't matter
    std::string id, guid;
    int index = -1;
    int extension = -1; // -1: the driver
    std::string component, component_guid;
    auto key() const { return std::tie(level, id, guid, index, extension, component, component_guid); }
    bool operator<(const RuleReference& other) const { return key() < other.key(); }
    bool names_component() const { return extension >= 0 || !component.empty() || !component_guid.empty(); }
};
RuleReference reference_of(const sys::Json& result);

class SarifTool {
  public:
    static constexpr std::size_t most_rules = 200'000; // limit for one run; a long id counts as more than one rule

    // Functions for a JSON handler, for everything below `/runs/*/tool`; `path` begins there.
    sys::JsonHandler::Take begin(std::string_view path, sys::JsonKind kind);
    void built(std::string_view path, const sys::Json& value);
    static bool keeps(std::string_view member);
    bool is_full() const { return weight_ > most_rules; }

    std::string name() const; // one line
    // "error"; empty: no rule gives a level, which means warning. "error" also if the reference leads to no component
    // of the tool.
    std::string level_of(const RuleReference& reference) const;
    double security_of(const RuleReference& reference) const; // 0: its rule tells none
    // Reads the overrides of an invocation, sections 3.20.5 and 3.51. If an override gives a rule another level, the
    // higher level counts. They are kept until settle(), because the rules may come later.
    void add_overrides(const sys::Json& invocation);
    void settle();

  private:
    struct Rule {
        std::string id, guid, level;
        double security = 0; // `security-severity`, as GitHub's code scanning reads it: 0.0 to 10.0
    };
    struct Component {
        std::string name, guid;
        std::vector<Rule> rules;
        std::unordered_map<std::string, std::size_t> by_id, by_guid; // the first rule with that id
        const Rule* find(const RuleReference& reference) const;
        const Rule* find_id(const std::string& id) const;
    };
    void add_rule(Component& component, const sys::Json& rule);
    struct Found {
        const Rule* rule = nullptr;
        bool lost = false; // it names a component that the tool doesn't have
    };
    Found find(const RuleReference& reference) const;
    std::string raised(std::string level, const RuleReference& reference, const Rule* rule) const;
    Component* component_at(std::string_view& path);
    // null: no component is named, or the named component doesn't exist
    const Component* named(const RuleReference& reference) const;

    Component driver_;
    std::vector<Component> extensions_;
    std::vector<RuleReference> overrides_; // with the overriding level
    std::unordered_map<const Rule*, std::string> by_rule_;
    std::unordered_map<std::string, std::string> by_id_; // for rules that the tool doesn't list
    std::size_t weight_ = 0;
};

// Longer ids are cut, in declarations and in references.
constexpr std::size_t longest_rule_id = 4096;

}
