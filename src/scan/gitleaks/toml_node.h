#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include "sys/data/toml.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan::gitleaks {

// A value of a TOML file, read as viper reads it for gitleaks: keys match without case, and values are converted where
// that is possible (a text to a list, split at commas; a number to a text). Errors: usage, with the place.
class TomlNode {
  public:
    TomlNode(const sys::Json* value, std::string pointer, const sys::TomlPlaces& places)
        : value_(value), pointer_(std::move(pointer)), places_(&places) {}

    bool present() const { return value_ != nullptr; }
    TomlNode operator[](std::string_view key) const; // absent: a node that is not present()
    Result<std::string> text() const;                // absent: empty
    Result<std::vector<std::string>> texts() const;  // absent: none
    Result<double> number() const;                   // absent: 0
    Result<int> whole() const;                       // absent: 0
    Result<bool> truth() const;                      // absent: false
    Result<std::vector<TomlNode>> tables() const;    // a list of tables, or one table; absent: none
    TomlNode item(std::size_t index) const;          // of a list
    Error error(std::string message) const;

  private:
    Error expected(std::string_view what) const;
    const sys::Json* value_;
    std::string pointer_;
    const sys::TomlPlaces* places_;
};

}
