#include "tag/outputs.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/letters.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fairlead::tag {

namespace {

using sys::Json;

// A key that a script's object puts before all others, in the order of the numbers.
std::optional<std::uint64_t> array_index(const std::string& key) {
    if (key.empty() || key.size() > 10 || (key.size() > 1 && key[0] == '0')) return std::nullopt;
    if (!std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isdigit(c); })) return std::nullopt;
    const auto number = std::stoull(key);
    return number < 4294967295u ? std::optional<std::uint64_t>(number) : std::nullopt;
}

// The peer's JSON holds a value up to its first line end.
std::string first_line_of(const std::string& value) {
    auto end = value.find_first_of("\r\n");
    for (const auto* separator : {"\u2028", "\u2029"}) end = std::min(end, value.find(separator));
    return value.substr(0, end);
}

Json label_object(const std::vector<Label>& labels) {
    std::vector<Label> ordered = labels;
    std::stable_sort(ordered.begin(), ordered.end(), [](const Label& a, const Label& b) {
        const auto first = array_index(a.first), second = array_index(b.first);
        return first ? !second || *first < *second : false;
    });
    Json object = Json::object();
    for (const auto& [key, value] : ordered)
        if (key != "__proto__") object[key] = first_line_of(value); // which is no key of a script's object
    return object;
}

std::vector<std::string> annotation_lines(const Metadata& metadata, const std::vector<std::string>& levels) {
    std::vector<std::string> lines;
    for (const auto& level : levels)
        for (const auto& line : lines_of(metadata.annotations)) lines.push_back(level + ":" + line);
    return lines;
}

// The peer's bake file only has the levels before the first colon of the list.
std::vector<std::string> levels_of_bake_file(const std::vector<std::string>& levels) {
    const auto list = join(levels, ",");
    return split(std::string_view(list).substr(0, list.find(':')), ',');
}

std::string shell_quoted(std::string_view text) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) || std::string_view("@%+=:,./_-").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
    return "'" + replace_all(text, "'", "'\\''") + "'";
}

}

std::vector<std::string> full_tags(const Version& version, const std::vector<Image>& images) {
    const auto names = version.names();
    std::vector<std::string> tags;
    bool any = false;
    for (const auto& image : images) {
        if (!image.enable) continue;
        any = true;
        for (const auto& name : names)
            if (takes(image, name)) tags.push_back(full_name(image, name));
    }
    return any ? tags : names;
}

std::vector<std::string> enabled_names(const std::vector<Image>& images) {
    std::vector<std::string> names;
    for (const auto& image : images)
        if (image.enable) names.push_back(sys::lower_case(image.name));
    return names;
}

std::vector<std::string> lines_of(const std::vector<Label>& labels) {
    std::vector<std::string> lines;
    for (const auto& [key, value] : labels) lines.push_back(key + "=" + value);
    return lines;
}

std::vector<std::string> annotation_lines(const Metadata& metadata) {
    return annotation_lines(metadata, metadata.levels);
}

std::string to_json(const Metadata& metadata) {
    Json json;
    json["tags"] = metadata.tags;
    json["tag-names"] = metadata.tag_names;
    json["labels"] = label_object(metadata.labels);
    json["annotations"] = annotation_lines(metadata);
    return sys::dump_json(json);
}

std::string bake_file(const Metadata& metadata, Bake bake) {
    Json target = Json::object();
    if (bake == Bake::tags || bake == Bake::all) target["tags"] = metadata.tags;
    if (bake == Bake::labels || bake == Bake::all) target["labels"] = label_object(metadata.labels);
    if (bake == Bake::annotations)
        target["annotations"] = annotation_lines(metadata, levels_of_bake_file(metadata.levels));
    if (bake == Bake::tags || bake == Bake::all) {
        target["args"]["DOCKER_META_IMAGES"] = join(metadata.image_names, ",");
        if (!metadata.version.empty()) target["args"]["DOCKER_META_VERSION"] = metadata.version;
    }
    Json json;
    json["target"][metadata.bake_target] = target;
    return sys::dump_json(json, 2);
}

std::vector<std::pair<std::string, std::string>> step_outputs(const Metadata& metadata, const Separators& separators) {
    return {{"version", metadata.version},
            {"tags", join(metadata.tags, separators.tags)},
            {"tag-names", join(metadata.tag_names, separators.tags)},
            {"labels", join(lines_of(metadata.labels), separators.labels)},
            {"annotations", join(annotation_lines(metadata), separators.annotations)},
            {"json", to_json(metadata)}};
}

std::string variable_name(std::string_view output) {
    std::string name = "DOCKER_METADATA_OUTPUT_";
    for (const char c : upper(output)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

std::string format_env(const std::vector<std::pair<std::string, std::string>>& outputs) {
    std::string text;
    for (const auto& [name, value] : outputs) text += variable_name(name) + "=" + shell_quoted(value) + "\n";
    return text;
}

std::string format_docker_args(const Metadata& metadata) {
    std::vector<std::string> words;
    for (const auto& tag : metadata.tags) words.insert(words.end(), {"--tag", shell_quoted(tag)});
    for (const auto& label : lines_of(metadata.labels)) words.insert(words.end(), {"--label", shell_quoted(label)});
    for (const auto& annotation : annotation_lines(metadata))
        words.insert(words.end(), {"--annotation", shell_quoted(annotation)});
    return words.empty() ? std::string() : fmt::format("{}\n", fmt::join(words, " "));
}

}
