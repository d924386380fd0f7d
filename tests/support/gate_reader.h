#pragma once
#include "gate/formats/readers.h"
#include <cstdlib>

// What must hold of every reader of gate's, whatever the bytes are.
namespace fairlead::test {

using Read = Result<void> (*)(const gate::Source&, const gate::SourceTree&, gate::Evidence&);

inline int fuzz_reader(Read read, const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const gate::SourceTree tree("/repo", {"web", ""}, [](const std::string& path) { return path.size() % 2 == 0; });
    gate::Evidence evidence;
    const auto done = read(gate::Source::memory(text), tree, evidence);
    if (!done.ok() && done.error().kind != Kind::no) std::abort(); // memory can always be read
    if (evidence.failed_tests.size() > gate::Evidence::kept) std::abort();
    if (evidence.tests && evidence.tests->flaky > evidence.tests->total()) std::abort();
    if (evidence.coverage)
        for (const auto count : {evidence.coverage->lines(), evidence.coverage->branches()})
            if (count.covered > count.total) std::abort();
    if (evidence.foreign.size() > 3 * gate::Evidence::kept) std::abort();
    if (evidence.performance && evidence.performance->tolerated > evidence.performance->errors) std::abort();
    for (const auto& test : evidence.failed_tests) {
        (void)tree.find_class(test.suite);
        (void)tree.first_frame(test.text, test.file);
    }
    return 0;
}

}
