#include "tag/source/refspecs.h"
#include <algorithm>
#include <optional>

namespace fairlead::tag {

namespace {

struct Refspec {
    bool negative = false;
    std::string_view from, to;
};

Refspec parse_refspec(std::string_view text) {
    Refspec spec;
    spec.negative = text.starts_with('^');
    if (spec.negative || text.starts_with('+')) text.remove_prefix(1);
    const auto colon = text.find(':');
    spec.from = text.substr(0, colon);
    if (colon != text.npos) spec.to = text.substr(colon + 1);
    return spec;
}

// "refs/*:refs/x/*" puts "refs/tags/" at "refs/x/tags/".
std::optional<std::string> place_of(const Refspec& spec, std::string_view folder) {
    if (spec.negative || !spec.from.ends_with('*') || !spec.to.ends_with('*')) return std::nullopt;
    const auto before = spec.from.substr(0, spec.from.size() - 1);
    if (!folder.starts_with(before)) return std::nullopt;
    return std::string(spec.to.substr(0, spec.to.size() - 1)).append(folder.substr(before.size()));
}

bool touches(const Refspec& spec, std::string_view folder) {
    return spec.from.starts_with(folder) ||
           (spec.from.ends_with('*') && folder.starts_with(spec.from.substr(0, spec.from.size() - 1)));
}

}

std::vector<std::string> places_of(const std::vector<std::string>& refspecs, std::string_view folder) {
    std::vector<std::string> places;
    if (!left_out_by(refspecs, folder).empty()) return places;
    for (const auto& text : refspecs)
        if (auto place = place_of(parse_refspec(text), folder)) places.push_back(std::move(*place));
    return places;
}

std::vector<std::string> foreign_tags(const std::vector<std::string>& refspecs) {
    std::vector<std::string> places;
    for (const auto& text : refspecs)
        if (auto place = place_of(parse_refspec(text), tags_folder);
            place && place->starts_with(tags_folder) && *place != tags_folder)
            places.push_back(std::move(*place));
    return places;
}

bool bring_tags(const std::vector<std::string>& refspecs) {
    const auto places = places_of(refspecs, tags_folder);
    return std::find(places.begin(), places.end(), tags_folder) != places.end();
}

bool bring_branches(const std::vector<std::string>& refspecs) { return !places_of(refspecs, heads_folder).empty(); }

bool name_tags(const std::vector<std::string>& refspecs) {
    return std::any_of(refspecs.begin(), refspecs.end(), [](const auto& text) {
        const auto spec = parse_refspec(text);
        return !spec.negative && touches(spec, tags_folder);
    });
}

bool name_some_tags(const std::vector<std::string>& refspecs) {
    return std::any_of(refspecs.begin(), refspecs.end(), [](const auto& text) {
        const auto spec = parse_refspec(text);
        return !spec.negative && touches(spec, tags_folder) && !place_of(spec, tags_folder);
    });
}

bool keep_any(const std::vector<std::string>& refspecs) {
    return std::any_of(refspecs.begin(), refspecs.end(), [](const auto& text) {
        const auto spec = parse_refspec(text);
        return !spec.negative && !spec.to.empty();
    });
}

std::string left_out_by(const std::vector<std::string>& refspecs, std::string_view folder) {
    const auto found = std::find_if(refspecs.begin(), refspecs.end(), [&](const auto& text) {
        const auto spec = parse_refspec(text);
        return spec.negative && touches(spec, folder);
    });
    return found == refspecs.end() ? std::string() : *found;
}

}
