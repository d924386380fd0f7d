#include "deploy/compose/recipe.h"
#include "deploy/record/record.h"
#include "ledger/checked.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;
using sys::text_of;

constexpr int schema = 1;
constexpr std::string_view digest_mark = "@sha256:";

}

std::string to_json(const Recipe& recipe, const std::string& of) {
    Json images = Json::object();
    for (const auto& [service, used] : recipe.images)
        images[service] = {{"image", used.image}, {"id", used.id}, {"user", used.user}};
    return ledger::checked_text({{"schema", schema},
                                 {"release", recipe.release},
                                 {"project", recipe.project},
                                 {"folder", recipe.folder},
                                 {"port", recipe.port},
                                 {"images", images},
                                 {"model", recipe.model.text}},
                                of, 2);
}

Result<Recipe> parse_recipe(std::string_view text, const std::string& file, const std::string& of) {
    const auto value = TRY(ledger::read_checked(text, file, of, domain.tool));
    const auto broken = [&](std::string_view what) {
        return could_not(fmt::format("this {}; deploy the release again", what), {.file = file, .line = 1});
    };
    const auto* number = sys::json_pointer(value, "/schema");
    if (number == nullptr || *number != schema) return broken("is not of schema 1");
    const auto* images = sys::json_pointer(value, "/images");
    const auto* port = sys::json_pointer(value, "/port");
    Recipe recipe{
        .release = text_of(value, "release"), .project = text_of(value, "project"), .folder = text_of(value, "folder")};
    if (recipe.release.empty() || recipe.project.empty() || images == nullptr || !images->is_object())
        return broken("lacks the release, the project or the images");
    for (const auto& [service, used] : images->items())
        recipe.images[service] = {text_of(used, "image"), text_of(used, "id"), text_of(used, "user")};
    if (port != nullptr && port->is_number_integer()) {
        const auto wanted = port->get<std::int64_t>();
        if (wanted < 0 || wanted > 65535) return broken("does not name a port");
        recipe.port = static_cast<int>(wanted);
    }
    recipe.model = TRY(parse_model(text_of(value, "model")));
    return recipe;
}

std::string digest_of(const std::map<std::string, UsedImage>& images) {
    const auto digest = [](const std::string& image) {
        const auto colon = image.rfind(':');
        return colon == image.npos ? image : image.substr(colon + 1);
    };
    if (images.size() == 1) return digest(images.begin()->second.image);
    std::string all;
    for (const auto& [service, used] : images) all += fmt::format("{} {}\n", service, digest(used.image));
    return sys::sha256(all);
}

std::string by_digest(std::string_view reference) {
    constexpr std::size_t digits = 64;
    const auto at = reference.find(digest_mark);
    if (at == reference.npos || reference.size() != at + digest_mark.size() + digits) return {};
    auto name = reference.substr(0, at);
    const auto slash = name.rfind('/'), colon = name.rfind(':');
    if (colon != name.npos && (slash == name.npos || colon > slash)) name = name.substr(0, colon);
    return std::string(name) + std::string(reference.substr(at));
}

}
