#include "deploy/compose/where.h"
#include "read/compose/compose.h"
#include "sys/files/files.h"
#include <algorithm>

namespace fairlead::deploy {

fairlead::Place where_in_compose(const ComposeFiles& files, const std::string& service, const std::string& key) {
    constexpr std::uint64_t longest = 1u << 20;
    read::ComposeInput input{.read = [&](const std::string& path) -> std::optional<std::string> {
                                 auto text = sys::read_file(sys::Path(files.folder) / path, longest);
                                 return text.ok() ? std::optional(std::move(text).value()) : std::nullopt;
                             },
                             .files = files.files,
                             .profiles = files.profiles};
    if (input.files.empty()) input.files = read::find_compose_files(input, ".");
    const auto project = read::read_compose(input);
    const auto* found = project.service(service);
    if (found == nullptr) return {};
    const auto* value = found->at(key);
    const auto& place = value == nullptr ? found->place : value->key_place.line > 0 ? value->key_place : value->place;
    return place.line > 0 ? fairlead::Place{.file = project.file(place), .line = place.line} : fairlead::Place{};
}

}
