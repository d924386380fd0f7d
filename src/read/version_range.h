#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Compares versions with ranges in manifests.
namespace fairlead::read {

using VersionParts = std::vector<long>; // "3.11.2" -> {3, 11, 2}

// Returns the first version number in a program's output: "Python 3.11.2", "v22.1.0", "go version go1.22.1
// linux/amd64".
std::optional<VersionParts> version_in(std::string_view text);
std::string text_of(const VersionParts& version);

enum class RangeKind {
    npm,      // package.json (semver): a missing part matches anything; "~1.2" stays below 1.3
    python,   // PEP 440: "==3.11" means 3.11.0; "~=3.10" stays below 4. Poetry's ^ and ~ are read, too
    composer, // as npm, but "~1.2" stays below 2
};
// Nothing: the range can't be parsed.
std::optional<bool> is_in(const VersionParts& version, std::string_view range, RangeKind kind);

}
