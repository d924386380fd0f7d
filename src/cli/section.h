#pragma once
#include "cli/spec.h"
#include <deque>

namespace fairlead::cli {

// The rows of the tool's part of fairlead.yml: those of the domain, and one for each other input with a key.
class Section {
  public:
    explicit Section(const Spec& spec);
    Section(const Section&) = delete;
    std::span<const Field> fields() const { return fields_; } // valid as long as this object and the Spec

  private:
    void insert(std::vector<Field>& table, std::string_view key, const Input& input);
    std::vector<Field> fields_;
    std::deque<std::vector<Field>> nested_; // a deque never moves its elements
    std::deque<std::string> names_;
};

}
