#pragma once
#include "smoke/compare/difference.h"
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

// A JSON answer as the rules of a comparison see it.
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

    // Without the ignored values.
    std::vector<const hurl::Value*> elements_of(const hurl::Value& list) const;
    Members members_of(const hurl::Value& object) const;
    Keyed keyed_elements(const hurl::Value& list) const; // values that are the same by the rules have the same key

  private:
    void append_key(const hurl::Value& value, std::string& out) const;

    std::string_view host_;
    std::unordered_set<const hurl::Value*> ignored_, unordered_;
};

const hurl::Value* member_named(const Members& members, std::string_view name); // null: there is none

// The values that only the left one has; equal keys are paired.
Keyed only_in(const Keyed& left, const Keyed& right);

}
