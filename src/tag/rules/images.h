#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <string>
#include <vector>

// The `images` input: the image names that get the tags.
namespace fairlead::tag {

struct Image {
    std::string name; // as written; output is in lower case
    bool enable = true;
    std::string prefix, suffix;    // added to every tag of this image
    std::vector<std::string> only; // globs: only tags that match at least one glob; empty: all tags
    Origin origin;
};

Result<std::vector<Image>> parse_images(const std::vector<Origin>& entries, Notes& notes);

std::string full_name(const Image& image, const std::string& tag); // "ghcr.io/acme/app:1.2"
bool takes(const Image& image, const std::string& tag);

}
