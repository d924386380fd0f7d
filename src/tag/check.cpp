#include "tag/check.h"
#include "tag/rules/lists.h"
#include "tag/template/template.h"
#include "tag/version_rule.h"

namespace fairlead::tag {
namespace {

Result<void> check_templates(const Rule& rule) {
    for (const auto& [name, text] : rule.attributes) {
        const bool pattern = name == "pattern" && (rule.type == RuleType::semver || rule.type == RuleType::pep440);
        if (!pattern && name != "value" && name != "enable" && name != "prefix" && name != "suffix") continue;
        if (const auto parsed = Template::parse(text); !parsed.ok())
            return wrong_input(parsed.error().message, rule.origin, "it is a template such as {{version}}");
    }
    return {};
}

Result<void> check_rules(const std::string& text, Notes& notes) {
    const auto entries = TRY(split_entries(text, "tags"));
    const auto rules = TRY(parse_rules(entries, notes));
    for (const Rule& rule : rules) {
        TRY_VOID(check_templates(rule));
        TRY_VOID(check_version_rule(rule));
    }
    return {};
}

Result<void> check_images(const std::string& text, Notes& notes) {
    const auto entries = TRY(split_entries(text, "images"));
    TRY_VOID(parse_images(entries, notes));
    return {};
}

Result<void> check_flavor(const std::string& text, Notes& notes) {
    const auto entries = TRY(split_entries(text, "flavor"));
    TRY_VOID(parse_flavor(entries, notes));
    return {};
}

template <typename T>
Result<void> outcome(const Result<T>& result) {
    if (result.ok()) return {};
    return result.error();
}

}

Result<void> check(const Inputs& inputs, const Wanted& wanted, const NextWanted& next, const PlaceOf& place_of) {
    Notes notes;
    // What a file of the tree calls a repository is looked at; a fetch there would do what is written in it.
    const bool elsewhere = wanted.deepen && wanted.context.starts_with("git:") && place_of("context").line > 0;
    const auto fetched = elsewhere ? Result<void>(usage("nothing is fetched into a repository that fairlead.yml names; "
                                                        "give the context as an input, or leave out --deepen"))
                                   : Result<void>();
    const std::pair<const char*, Result<void>> judged[] = {
        {"context", fetched},
        {"images", check_images(inputs.images, notes)},
        {"tags", check_rules(inputs.tags, notes)},
        {"flavor", check_flavor(inputs.flavor, notes)},
        {"labels", outcome(split_entries(inputs.labels, "labels"))},
        {"annotations", outcome(split_entries(inputs.annotations, "annotations"))},
        {"context", check_context(wanted.context)},
        {"channel", check_channel(next.channel)},
        {"initial-version", check_initial(next.initial)},
    };
    for (const auto& [input, result] : judged) {
        if (result.ok()) continue;
        Error error = result.error();
        error.place = place_of(input);
        return error;
    }
    return {};
}

}
