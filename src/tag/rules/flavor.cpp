#include "tag/rules/flavor.h"
#include "tag/rules/lists.h"
#include <array>
#include <fmt/format.h>
#include <utility>

namespace fairlead::tag {

namespace {

constexpr std::array<std::pair<std::string_view, Latest>, 5> latest_words = {
    {{"auto", Latest::automatic},
     {"true", Latest::yes},
     {"false", Latest::no},
     {"highest", Latest::highest},
     {"default-branch", Latest::default_branch}}};
constexpr std::string_view flavor_keys = "expected latest=…, prefix=…, suffix=…, onlatest=… or prerelease=…";

Result<bool> true_or_false(const KeyValue& field, const Origin& entry) {
    if (field.value != "true" && field.value != "false")
        return wrong_input(fmt::format("Invalid value for {} attribute: {}", field.key, field.value), entry,
                           "expected true or false");
    return field.value == "true";
}

Result<Latest> parse_latest(const std::string& value, const Origin& entry) {
    for (const auto& [word, latest] : latest_words)
        if (word == value) return latest;
    return wrong_input(fmt::format("Invalid latest flavor entry: {}", entry.text), entry,
                       "expected auto, true, false, highest or default-branch");
}

Result<void> parse_entry(const Origin& entry, Flavor& flavor, Notes& notes) {
    bool* on_latest = nullptr; // of the prefix or suffix before it on the same line
    for (const auto& text : TRY(split_fields(entry))) {
        const auto field = split_field(text, Further::drop);
        if (field.bare) return wrong_input(fmt::format("Invalid flavor entry: {}", entry.text), entry, flavor_keys);
        if (!field.rest.empty())
            notes.fault(fmt::format("'{}' after the value of '{}' is dropped", field.rest, field.key), entry,
                        "a flavor value has no '='");
        if (field.key == "latest") {
            flavor.latest = TRY(parse_latest(field.value, entry));
        } else if (field.key == "prefix") {
            flavor.prefix = field.value;
            flavor.prefix_from = entry;
            on_latest = &flavor.prefix_on_latest;
        } else if (field.key == "suffix") {
            flavor.suffix = field.value;
            flavor.suffix_from = entry;
            on_latest = &flavor.suffix_on_latest;
        } else if (field.key == "onlatest") {
            const bool wanted = TRY(true_or_false(field, entry));
            if (on_latest)
                *on_latest = wanted;
            else
                notes.fault("'onlatest' is on a line of its own and is ignored", entry,
                            "write it after prefix=… or suffix=… on the same line");
        } else if (field.key == "prerelease") {
            flavor.prerelease = TRY(true_or_false(field, entry));
        } else {
            return wrong_input(fmt::format("Unknown flavor entry: {}", entry.text), entry, flavor_keys);
        }
    }
    return {};
}

}

std::string_view name_of(Latest latest) {
    for (const auto& [word, value] : latest_words)
        if (value == latest) return word;
    return {};
}

Result<Flavor> parse_flavor(const std::vector<Origin>& entries, Notes& notes) {
    Flavor flavor;
    for (const auto& entry : entries) TRY_VOID(parse_entry(entry, flavor, notes));
    return flavor;
}

}
