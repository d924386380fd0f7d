#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Ranges of versions as manifests spell them.
namespace fairlead::read {

using VersionParts = std::vector<long>; // "3.11.2" -> {3, 11, 2}

// The first number of the kind in a program's answer: "Python 3.11.2", "v22.1.0", "go version go1.22.1 linux/amd64".
std::optional<VersionParts> version_in(std::string_view text);
std::string text_of(const VersionParts& version);

enum class RangeKind {
    npm,      // package.json (semver): a part that is missing is any; "~1.2" stays below 1.3
    python,   // PEP 440: "==3.11" is 3.11.0; "~=3.10" stays below 4. Poetry's ^ and ~ are read, too
    composer, // as npm, but "~1.2" stays below 2
};
// Nothing: the range is none that can be read.
std::optional<bool> is_in(const VersionParts& version, std::string_view range, RangeKind kind);

}
