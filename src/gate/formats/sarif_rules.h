#pragma once
#include "sys/data/json_stream.h"
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

// What a SARIF run tells of its tool: the rules by which its results are judged. SARIF 2.1.0,
// sections 3.18, 3.19, 3.52.
namespace fairlead::gate {

// Members of a wrong type are no members.
const sys::Json& sarif_member(const sys::Json& value, std::string_view name);
int sarif_number(const sys::Json& value, std::string_view name, int fallback);

// How a result names its rule: sections 3.27.5 to 3.27.7.
struct RuleReference {
    std::string level; // of the result itself; then the rest does not matter
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
    static constexpr std::size_t most_rules = 200'000; // of one run; long ids weigh more

    // The part of a JSON handler for what lies below `/runs/*/tool`; `path` begins there.
    sys::JsonHandler::Take begin(std::string_view path, sys::JsonKind kind);
    void built(std::string_view path, const sys::Json& value);
    static bool keeps(std::string_view member);
    bool is_full() const { return weight_ > most_rules; }

    std::string name() const; // one line
    // "error"; empty: no rule says, which means warning. What leads to no component of the tool is an error.
    std::string level_of(const RuleReference& reference) const;
    // Of an invocation, sections 3.20.5 and 3.51: where it says another level of a rule, the higher one counts. Held
    // until settle(), since the rules may come later.
    void add_overrides(const sys::Json& invocation);
    void settle();

  private:
    struct Rule {
        std::string id, guid, level;
    };
    struct Component {
        std::string name, guid;
        std::vector<Rule> rules;
        std::unordered_map<std::string, std::size_t> by_id, by_guid; // the first one
        const Rule* find(const RuleReference& reference) const;
        const Rule* find_id(const std::string& id) const;
    };
    void add_rule(Component& component, const sys::Json& rule);
    struct Found {
        const Rule* rule = nullptr;
        bool lost = false; // it names a component that is none of the tool
    };
    Found find(const RuleReference& reference) const;
    std::string raised(std::string level, const RuleReference& reference, const Rule* rule) const;
    Component* component_at(std::string_view& path);
    const Component* named(const RuleReference& reference) const; // null: none is, or there is none such

    Component driver_;
    std::vector<Component> extensions_;
    std::vector<RuleReference> overrides_; // with the level that they give
    std::unordered_map<const Rule*, std::string> by_rule_;
    std::unordered_map<std::string, std::string> by_id_; // of rules that the tool doesn't list
    std::size_t weight_ = 0;
};

// Ids beyond this are cut, where they are declared and where they are used.
constexpr std::size_t longest_rule_id = 4096;

}
