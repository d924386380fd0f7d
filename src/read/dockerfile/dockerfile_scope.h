#pragma once
#include "read/dockerfile/dockerfile.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Evaluates $NAME at a place of a Dockerfile: ARG and ENV take effect line by line, and ENV has priority.
namespace fairlead::read {

struct Expansion {
    std::string text;                   // without quotes; an unknown $NAME as written
    std::vector<std::string> unknown;   // names without a known value
    std::vector<std::string> undefined; // names in `unknown` that are declared nowhere
    bool readable = true;               // false: BuildKit refuses this form, and text is the word as written
};

class Scope {
  public:
    explicit Scope(char escape = '\\') : escape_(escape) {}
    // Starts after `stage`'s FROM, with the variables of the stages that it is based on, and with global ARGs, which
    // ARG may name.
    Scope(const Dockerfile& file, std::size_t stage);

    void take(const Instruction& instruction); // applies ARG and ENV; other instructions change nothing
    Expansion expand(std::string_view word) const;
    std::optional<std::string> value(std::string_view name) const; // set by ENV or ARG

  private:
    struct Value {
        std::optional<std::string> text; // nothing: declared, but only known at build time
        bool env = false;
    };
    friend class Expander;

    char escape_;
    std::size_t kept_ = 0;
    std::map<std::string, Value, std::less<>> values_;
    std::map<std::string, Value, std::less<>> globals_;
};

// Returns whether an ARG is predefined: HTTP_PROXY (any case), TARGETARCH, BUILDKIT_..., SOURCE_DATE_EPOCH.
bool is_predefined(std::string_view name);

}
