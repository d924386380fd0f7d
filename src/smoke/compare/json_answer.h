#pragma once
#include "smoke/compare/difference.h"
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

// A JSON answer after the rules of a comparison are applied.
namespace fairlead::smoke::compare {

using Members = std::vector<const hurl::Member*>;                      // by name
using Keyed = std::vector<std::pair<std::string, const hurl::Value*>>; // by key

class JsonAnswer {
  public:
    // `root` and `host` must outlive it. Error (no): a path selects too much.
    static Result<JsonAnswer> read(const hurl::Value& root, std::string_view host, const JsonRules& rules);

    std::string_view host() const { return host_; }
    bool ignores(const hurl::Value& value) const { return ignored_.contains(&value); }
    bool is_unordered(const hurl::Value& list) const { return unordered_.contains(&list); }

    // Returns the elements without ignored values.
    std::vector<const hurl::Value*> elements_of(const hurl::Value& list) const;
    Members members_of(const hurl::Value& object) const;
    Keyed keyed_elements(const hurl::Value& list) const; // values that are equal by the rules have equal keys

  private:
    void append_key(const hurl::Value& value, std::string& out) const;

    std::string_view host_;
    std::unordered_set<const hurl::Value*> ignored_, unordered_;
};

const hurl::Value* member_named(const Members& members, std::string_view name); // null: there is none

// Returns the values that only `left` has, after pairing equal keys.
Keyed only_in(const Keyed& left, const Keyed& right);

}
