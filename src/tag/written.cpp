#include "tag/written.h"
#include "tag/expressions.h"
#include "tag/rules/lists.h"
#include "tag/version_rule.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace fairlead::tag {
namespace {

// Nothing is rendered, so the facts may be empty.
struct Checker {
    Notes& notes;
    Facts none = {};
    Expressions expressions{none, notes};

    Result<void> rule(const Rule& rule) {
        const auto& everywhere = expressions.everywhere();
        if (const auto read = check_version_rule(rule, notes); !read.ok())
            notes.fault(first_line(read.error()), rule.origin, "the rule fails where it fires");
        if (const auto* names = names_of_pattern(rule.type))
            TRY_VOID(check_template(rule.get("pattern"), *names, rule.origin, notes));
        if (rule.get("branch").find("{{") != std::string_view::npos)
            notes.fault(fmt::format("branch '{}' is used exactly as written", rule.get("branch")), rule.origin,
                        "write the name of a branch, or leave it out to use the default branch");
        TRY_VOID(check_enable(rule.get("enable"), everywhere, rule.origin, notes));
        if (takes(rule.type, "value")) TRY_VOID(check_template(rule.get("value"), everywhere, rule.origin, notes));
        TRY_VOID(check_template(rule.get("prefix"), everywhere, rule.origin, notes));
        return check_template(rule.get("suffix"), everywhere, rule.origin, notes);
    }

    Result<void> flavor(const Flavor& flavor) {
        TRY_VOID(check_template(flavor.prefix, expressions.everywhere(), flavor.prefix_from, notes));
        return check_template(flavor.suffix, expressions.everywhere(), flavor.suffix_from, notes);
    }

    void labels(const std::vector<Origin>& entries) {
        for (const auto& entry : entries)
            if (const auto read = check_template(entry.text, expressions.everywhere(), entry, notes); !read.ok())
                notes.fault(first_line(read.error()), entry, std::string(known_language));
    }

  private:
    static std::string first_line(const Error& error) { return error.message.substr(0, error.message.find('\n')); }

    const Names* names_of_pattern(RuleType type) {
        static const Names semver = version_names(Semver{}, ""), pep440 = version_names(Pep440{}, "");
        if (type == RuleType::schedule) return &expressions.dates();
        return type == RuleType::semver ? &semver : type == RuleType::pep440 ? &pep440 : nullptr;
    }
};

}

Result<Written> read_written(const Inputs& inputs, Notes& notes) {
    Written written;
    Checker checker{notes};
    using Entries = std::vector<Origin>;
    struct Part {
        const char* input;
        const std::string& text;
        std::function<Result<void>(Entries&)> read;
    };
    const Part parts[] = {
        {"images", inputs.images,
         [&](const Entries& entries) -> Result<void> {
             written.images = TRY(parse_images(entries, notes));
             return {};
         }},
        {"tags", inputs.tags,
         [&](const Entries& entries) -> Result<void> {
             written.rules = TRY(parse_rules(entries, notes));
             std::vector<const Rule*> as_written;
             for (const Rule& rule : written.rules) as_written.push_back(&rule);
             std::stable_sort(as_written.begin(), as_written.end(),
                              [](const Rule* a, const Rule* b) { return a->origin.line < b->origin.line; });
             for (const Rule* rule : as_written) TRY_VOID(checker.rule(*rule));
             return {};
         }},
        {"flavor", inputs.flavor,
         [&](const Entries& entries) -> Result<void> {
             written.flavor = TRY(parse_flavor(entries, notes));
             return checker.flavor(written.flavor);
         }},
        {"labels", inputs.labels,
         [&](Entries& entries) -> Result<void> {
             checker.labels(entries);
             written.labels = std::move(entries);
             return {};
         }},
        {"annotations", inputs.annotations,
         [&](Entries& entries) -> Result<void> {
             checker.labels(entries);
             written.annotations = std::move(entries);
             return {};
         }},
    };
    for (const auto& [input, text, read] : parts) {
        auto entries = split_entries(text, input);
        const auto done = entries.ok() ? read(entries.value()) : Result<void>(entries.error());
        if (done.ok()) continue;
        Error error = done.error();
        if (inputs.place_of) error.place = inputs.place_of(input, error.place.line);
        return error;
    }
    return written;
}

}
