#pragma once
#include "read/dockerfile.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What $NAME means at a place of a Dockerfile: ARG and ENV as they take effect from line to line, ENV before ARG.
namespace fairlead::read {

struct Expansion {
    std::string text;                   // without quotes; an unknown $NAME as it stands
    std::vector<std::string> unknown;   // names that have no value that the file says
    std::vector<std::string> undefined; // those of them that are declared nowhere
    bool readable = true;               // false: a form that BuildKit refuses; text is the word itself
};

class Scope {
  public:
    explicit Scope(char escape = '\\') : escape_(escape) {}
    // At the end of `stage`'s FROM: what the stages that it is FROM have left, and global ARGs to be named.
    Scope(const Dockerfile& file, std::size_t stage);

    void take(const Instruction& instruction); // ARG, ENV; others change nothing
    Expansion expand(std::string_view word) const;
    std::optional<std::string> value(std::string_view name) const; // as ENV or ARG give it

  private:
    struct Value {
        std::optional<std::string> text; // none: declared, but known only when it is built
        bool env = false;
    };
    friend class Expander;

    char escape_;
    std::size_t kept_ = 0;
    std::map<std::string, Value, std::less<>> values_;
    std::map<std::string, Value, std::less<>> globals_;
};

// A predefined ARG: HTTP_PROXY (any case), TARGETARCH, BUILDKIT_..., SOURCE_DATE_EPOCH.
bool is_predefined(std::string_view name);

}
