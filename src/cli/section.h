#pragma once
#include "cli/spec.h"
#include <deque>

namespace fairlead::cli {

// The tool's part of fairlead.yml: the domain's own rows, and one for each input that has a key and no row yet.
class Section {
  public:
    explicit Section(const Spec& spec);
    Section(const Section&) = delete;
    std::span<const Field> fields() const { return fields_; } // valid as long as this and the Spec

  private:
    void insert(std::vector<Field>& table, std::string_view key, const Input& input);
    std::vector<Field> fields_;
    std::deque<std::vector<Field>> nested_; // never moves what it holds
    std::deque<std::string> names_;
};

}
