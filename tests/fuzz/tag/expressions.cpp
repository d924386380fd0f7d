#include "tag/expressions.h"
#include <cstdint>

// Templates: parsing, rendering with every name there is, and what a pattern asks of them.
extern "C" int fuzz_tag_expressions(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::tag;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Facts facts;
    facts.event = "push";
    facts.ref = "refs/heads/a=b";
    facts.sha = "860c1904a1ce19322e91ac35af1ab07466440c37";
    facts.commit_date = [] { return fairlead::SystemTime{}; };
    Notes notes;
    Expressions expressions(facts, notes);
    (void)expressions.render(text, {"tags", 1, {}});
    (void)expressions.render(text, version_names(*parse_semver("1.2.3-rc.1+b"), "v1.2.3-rc.1+b"), {"tags", 1, {}});
    (void)check_enable(text, expressions.everywhere(), {"tags", 1, {}}, notes);
    if (const auto parsed = Template::parse(text); parsed.ok()) {
        const bool raw = parsed.value().is_only("raw");
        if (raw && !parsed.value().mentions("raw")) __builtin_trap();
    }
    return 0;
}
