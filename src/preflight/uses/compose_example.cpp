#include "preflight/uses/compose_example.h"
#include "base/text.h"
#include "preflight/parts/told_commands.h"
#include <algorithm>
#include <map>

namespace fairlead::preflight {

namespace {

// "alerta/web" of "alerta/web:9"
std::string without_tag(const std::string& image) {
    const auto colon = image.rfind(':');
    return colon == image.npos || image.find('/', colon) != image.npos ? image : image.substr(0, colon);
}

std::map<std::string, std::string> images_of(const read::ComposeProject& compose) {
    std::map<std::string, std::string> images;
    for (const auto& service : compose.services) images[service.name] = without_tag(service.image);
    return images;
}

// The fenced blocks of a page below a line that calls them examples: "**Example Docker Compose File**".
std::vector<std::string> example_blocks(const std::string& page) {
    std::vector<std::string> blocks;
    std::string above;
    bool is_open = false, is_example = false;
    for (const auto& line : split(page, '\n')) {
        const auto text = trim(std::string_view(line));
        if (text.starts_with("```")) {
            is_open = !is_open;
            is_example = is_open && above.find("example") != above.npos && above.find("compose") != above.npos;
            if (is_example) blocks.emplace_back();
        } else if (is_open && is_example) {
            blocks.back() += line + "\n";
        } else if (!is_open && !text.empty()) {
            above = lower(text);
        }
    }
    return blocks;
}

bool publishes(const Project& project, const std::string& image) {
    return image.find('/') != image.npos && project.has("Dockerfile") &&
           some_workflow(project, [&](std::string_view text) {
               return text.find(image) != text.npos &&
                      has_any(text, {"docker push", "build-push-action", "--push", "docker buildx"});
           });
}

}

bool is_example_of_image(const Project& project, const read::ComposeProject& alone) {
    const auto own = images_of(alone);
    if (std::none_of(alone.services.begin(), alone.services.end(), [&](const read::ComposeService& service) {
            return !service.build && publishes(project, without_tag(service.image));
        }))
        return false;
    const auto blocks = example_blocks(project.read("README.md").value_or(""));
    return std::any_of(blocks.begin(), blocks.end(), [&](const std::string& block) {
        const auto shown = read::read_compose({.read = [&](const std::string&) { return std::optional(block); },
                                               .files = {"example.yml"},
                                               .variables = {},
                                               .env_files = {},
                                               .profiles = {}});
        return images_of(shown) == own;
    });
}

}
