#include "read/compose/compose_find.h"
#include "base/path.h"
#include "base/text.h"
#include "read/compose/compose_normalise.h"
#include "read/env/env.h"
#include <optional>
#include <span>

namespace fairlead::read {

using Variables = ComposeVariables;

std::string directory_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

void add_env_files(Variables& variables, const std::vector<std::string>& files, const ComposeInput& input) {
    Variables found;
    const auto lookup = [&](const std::string& name) -> std::optional<std::string> {
        for (const Variables* known : {&variables, &found})
            if (const auto at = known->find(name); at != known->end()) return at->second;
        return std::nullopt;
    };
    for (const std::string& file : files) {
        const auto text = input.read(file);
        if (!text) continue;
        for (auto& [name, value] : read_env(*text, EnvDialect::compose, lookup).values()) // judged as an env file
            if (value) found[name] = std::move(*value);
    }
    variables.merge(found);
}

std::string variable_value(const Variables& variables, const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
}

Variables variables_in(const std::string& folder, const ComposeInput& input) {
    Variables variables = input.variables;
    add_env_files(variables, input.env_files.empty() ? std::vector{join_path(folder, ".env")} : input.env_files, input);
    return variables;
}

std::vector<std::string> find_compose_files(const ComposeInput& input, std::string folder) {
    constexpr std::string_view overrides[] = {"compose.override.yml", "compose.override.yaml",
                                              "docker-compose.override.yml", "docker-compose.override.yaml"};
    const Variables variables = variables_in(folder, input);
    if (const std::string named = variable_value(variables, "COMPOSE_FILE"); !named.empty()) {
        const std::string separator = variable_value(variables, "COMPOSE_PATH_SEPARATOR");
        std::vector<std::string> files;
        for (const std::string& file : split(named, separator.empty() ? ':' : separator[0]))
            if (!file.empty()) files.push_back(join_path(folder, file));
        return files;
    }
    const auto first_of = [&](std::span<const std::string_view> candidates) -> std::optional<std::string> {
        for (const std::string_view name : candidates)
            if (std::string path = join_path(folder, name); input.read(path)) return path;
        return std::nullopt;
    };
    for (folder = join_path(".", folder);; folder = directory_of(folder)) {
        if (const auto file = first_of(compose_file_names)) {
            const auto more = first_of(overrides);
            return more ? std::vector{*file, *more} : std::vector{*file};
        }
        if (folder == "." || folder == "/" || folder.starts_with("..")) return {};
    }
}

}
