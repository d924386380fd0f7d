#pragma once
#include "gate/formats/readers.h"
#include "support/catch.h"
#include <set>
#include <string>

// For the tests of the readers: reports from memory, a repository of named files.
namespace fairlead::gate {

inline SourceTree tree_of(std::set<std::string> files, std::vector<std::string> bases = {""}) {
    return {"/repo", std::move(bases),
            [files = std::move(files)](const std::string& path) { return files.contains(path); }};
}

inline Evidence read(std::string_view text, const SourceTree& tree = tree_of({})) {
    auto evidence = read_report(Source::memory(text), tree);
    INFO(text);
    REQUIRE(evidence.ok());
    return std::move(evidence).value();
}

// For a policy that asks for tests by name.
inline Evidence read_named(std::string_view text, NamedTests tests) {
    auto evidence = read_report(Source::memory(text), tree_of({}), {.named = std::move(tests)});
    REQUIRE(evidence.ok());
    return std::move(evidence).value();
}

}
