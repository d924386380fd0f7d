#include "scan/configured.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {

std::optional<sys::Repository> repository_here() {
    auto found = sys::Repository::open(".");
    return found.ok() ? std::optional(std::move(found).value()) : std::nullopt;
}

std::string rules_file(const config::Value& section) {
    return section["rules"].present() ? section["rules"].text() : ".gitleaks.toml";
}

Result<gitleaks::Configuration> configuration_of(const std::optional<sys::Repository>& repository, const Word& word,
                                                 const config::Value& section) {
    const std::string path = rules_file(section);
    const sys::Path parts(path);
    if (path.empty() || parts.is_absolute() || std::find(parts.begin(), parts.end(), "..") != parts.end())
        return section["rules"].error(fmt::format("'{}' is not a file of the repository; name one by its path from the "
                                                  "top",
                                                  path));
    const std::string text = TRY(read_policy(repository, word, path));
    if (text.empty() && section["rules"].present())
        return section["rules"].error(
            fmt::format("{} does not exist, or is empty; name gitleaks' configuration", path));
    if (text.empty()) return gitleaks::built_in_configuration();
    std::string sources = text;
    auto configuration =
        TRY(gitleaks::read_configuration(text, path, [&](const std::string& file) -> Result<std::string> {
            auto other = TRY(read_policy(repository, word, file));
            sources += '\0' + other;
            return other;
        }));
    configuration.sources = std::move(sources);
    if (configuration.rules.empty() && configuration.built_in.empty())
        return usage(
            fmt::format("{} leaves no rule, so nothing would be found; add [extend] with useDefault = true, for "
                        "the built-in rules",
                        path));
    return configuration;
}

std::vector<std::string> added_rules(const config::Value& section) {
    const auto configuration = configuration_of(repository_here(), {}, section);
    std::vector<std::string> ids;
    if (configuration.ok())
        for (const gitleaks::Rule& rule : configuration->rules) ids.push_back(rule.id);
    return ids;
}

}
