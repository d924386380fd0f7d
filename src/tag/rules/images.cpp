#include "tag/rules/images.h"
#include "base/text.h"
#include "sys/letters.h"
#include "tag/rules/lists.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr std::string_view image_keys = "expected name=…, enable=…, prefix=…, suffix=… or tags=…";

// The old form: one entry, every field of it a name.
Result<std::vector<Image>> old_form(const Origin& entry) {
    std::vector<Image> images;
    for (const auto& text : TRY(split_fields(entry))) {
        const auto field = split_field(text, Further::drop);
        if (!field.bare) return std::vector<Image>{};
        images.push_back({field.value, true, {}, {}, {}, entry});
    }
    return images;
}

Result<Image> parse_entry(const Origin& entry, Notes& notes) {
    Image image;
    image.origin = entry;
    bool was_bare = false; // the name was written without name=
    for (const auto& text : TRY(split_fields(entry))) {
        const auto field = split_field(text, Further::drop);
        if (!field.rest.empty())
            notes.fault(fmt::format("'{}' after the value of '{}' is dropped", field.rest, field.key), entry,
                        "an image value has no '='");
        if (field.bare || field.key == "name") {
            if (!image.name.empty() && !field.bare && was_bare)
                return wrong_input(fmt::format("Image name given twice: {}", entry.text), entry,
                                   "write only one image per line");
            if (!image.name.empty())
                notes.fault(fmt::format("image name '{}' is replaced by '{}'", image.name, field.value), entry,
                            "write only one image per line");
            was_bare = field.bare;
            image.name = field.value;
        } else if (field.key == "enable") {
            if (field.value != "true" && field.value != "false")
                return wrong_input(fmt::format("Invalid enable attribute value: {}", entry.text), entry,
                                   "expected true or false");
            image.enable = field.value == "true";
        } else if (field.key == "prefix") {
            image.prefix = field.value;
        } else if (field.key == "suffix") {
            image.suffix = field.value;
        } else if (field.key == "tags") {
            for (const auto& glob : split(field.value, ' '))
                if (!glob.empty()) image.only.push_back(glob);
        } else {
            return wrong_input(fmt::format("Unknown image attribute: {}", entry.text), entry, image_keys);
        }
    }
    if (image.name.empty())
        return wrong_input(fmt::format("Image name attribute empty: {}", entry.text), entry, "add name=…");
    return image;
}

// What a registry takes as a name, roughly (distribution, reference grammar): an optional host with a port, then
// path parts of letters and digits that are separated by . _ - inside.
bool valid_name(std::string_view name) {
    if (name.empty() || name.size() > 255) return false;
    const auto parts = split(name, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto& part = parts[i];
        const bool host = i == 0 && parts.size() > 1 && part.find_first_of(".:") != std::string::npos;
        const auto good = [&](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                   (host ? c == ':' || c == '[' || c == ']' : c == '_');
        };
        if (part.empty() || !std::all_of(part.begin(), part.end(), good)) return false;
        const auto edge = [](char c) { return c == '.' || c == '-' || c == '_'; };
        if (edge(part.front()) || edge(part.back())) return false;
    }
    return true;
}

void check_names(const std::vector<Image>& images, Notes& notes) {
    for (const auto& image : images) {
        if (image.name.empty()) {
            notes.fault("an image without a name gives tags without an image", image.origin, "remove the comma");
        } else if (image.enable && !valid_name(sys::lower_case(image.name))) {
            notes.fault(fmt::format("image name '{}' is refused by registries", sys::lower_case(image.name)),
                        image.origin, "expected [host[:port]/]path of letters, digits, '.', '_', '-', and no tag");
        }
    }
}

}

Result<std::vector<Image>> parse_images(const std::vector<Origin>& entries, Notes& notes) {
    std::vector<Image> images;
    if (entries.size() == 1) images = TRY(old_form(entries.front()));
    if (images.empty()) {
        for (const auto& entry : entries) {
            auto image = TRY(parse_entry(entry, notes));
            images.push_back(std::move(image));
        }
    }
    check_names(images, notes);
    return images;
}

std::string full_name(const Image& image, const std::string& tag) {
    const auto decorated = image.prefix + tag + image.suffix;
    return image.name.empty() ? decorated : sys::lower_case(image.name) + ":" + decorated;
}

bool takes(const Image& image, const std::string& tag) {
    return image.only.empty() || matches_any_glob(image.only, tag);
}

}
