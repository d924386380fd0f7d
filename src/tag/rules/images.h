#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <string>
#include <vector>

// The `images` input: where the tags go.
namespace fairlead::tag {

struct Image {
    std::string name; // as written; names are put out in lower case
    bool enable = true;
    std::string prefix, suffix;    // around every tag of this image
    std::vector<std::string> only; // globs: of the tags only those that match one; empty: all
    Origin origin;
};

Result<std::vector<Image>> parse_images(const std::vector<Origin>& entries, Notes& notes);

std::string full_name(const Image& image, const std::string& tag); // "ghcr.io/acme/app:1.2"
bool takes(const Image& image, const std::string& tag);

}
