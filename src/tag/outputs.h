#pragma once
#include "tag/decide.h"
#include "tag/labels.h"
#include "tag/rules/images.h"
#include <string>
#include <utility>
#include <vector>

// Formats a decision: step outputs, JSON, bake files and the formats of standard output.
namespace fairlead::tag {

// All results of a run.
struct Metadata {
    std::string version;                  // empty: no version
    std::vector<std::string> tags;        // with the images' names: ghcr.io/acme/app:1.2
    std::vector<std::string> tag_names;   // without the images' names
    std::vector<std::string> image_names; // of the enabled images
    std::vector<Label> labels, annotations;
    std::vector<std::string> levels; // levels of annotations: "manifest"
    std::string bake_target;
};

std::vector<std::string> full_tags(const Version& version, const std::vector<Image>& images);
std::vector<std::string> enabled_names(const std::vector<Image>& images);
std::vector<std::string> lines_of(const std::vector<Label>& labels); // "key=value"
std::vector<std::string> annotation_lines(const Metadata& metadata); // "manifest:key=value", level by level

std::string to_json(const Metadata& metadata); // the `json` output, compact

enum class Bake { tags, labels, annotations, all };
std::string bake_file(const Metadata& metadata, Bake bake); // two-space JSON for `docker buildx bake`

struct Separators {
    std::string tags = "\n", labels = "\n", annotations = "\n";
};
// Returns version, tags, tag-names, labels, annotations and json, in this order. The caller writes the bake files.
std::vector<std::pair<std::string, std::string>> step_outputs(const Metadata& metadata, const Separators& separators);
std::string variable_name(std::string_view output); // DOCKER_METADATA_OUTPUT_TAG_NAMES

std::string format_env(const std::vector<std::pair<std::string, std::string>>& outputs); // lines for a POSIX shell
std::string format_docker_args(const Metadata& metadata); // --tag … --label …, quoted for a shell

}
