// The path that says whether a service is well, from its container, its compose file, its source and who asks it.
#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

bool is_path_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '_';
}

bool is_health_path(std::string path) {
    constexpr std::string_view last[] = {"health",       "healthz", "healthcheck", "health-check",
                                         "health_check", "livez",   "readyz"};
    if (!path.starts_with('/') || path.starts_with("//") || path.size() > 60) return false;
    if (path.ends_with('/')) path.pop_back();
    return std::find(std::begin(last), std::end(last), path.substr(path.rfind('/') + 1)) != std::end(last);
}

// Calls `take` with the begin and the end of each word of path letters that has to do with health, until it says so.
template <typename Take>
void each_health_word(std::string_view text, Take take) {
    for (const auto word : {"health", "livez", "readyz"})
        for (auto found = text.find(word); found != text.npos; found = text.find(word, found + 1)) {
            auto begin = found, end = found;
            while (begin > 0 && is_path_letter(text[begin - 1])) --begin;
            while (end < text.size() && is_path_letter(text[end])) ++end;
            if (take(begin, end)) return;
        }
}

bool is_quoted(std::string_view text, std::size_t begin, std::size_t end) {
    return begin > 0 && end < text.size() && text[begin - 1] == text[end] &&
           (text[end] == '"' || text[end] == '\'' || text[end] == '`');
}

// "/api/health" in quotes, or as Django spells it: "api/health/".
std::string health_in(std::string_view text) {
    std::string path;
    each_health_word(text, [&](std::size_t begin, std::size_t end) {
        const bool quoted = is_quoted(text, begin, end);
        // Go 1.22 and others write the method before it.
        const bool after_method = begin > 4 && text[begin - 1] == ' ' && end < text.size() && text[end] == '"' &&
                                  text.substr(begin - 4, 3) == "GET";
        const bool django =
            quoted && begin >= 6 && text.substr(begin - 6, 5) == "path(" && !text.substr(begin).starts_with('/');
        auto found = (django ? "/" : "") + std::string(text.substr(begin, end - begin));
        if ((!quoted && !after_method) || !is_health_path(found)) return false;
        path = std::move(found);
        return true;
    });
    return path;
}

// Whether somebody asks for that path, as tests do and scripts: "/api/health", http://shop:8000/api/health.
// `path`, or the longer one that ends with it: what the source writes may be mounted below something.
std::string asked_health(std::string_view text, std::string_view path) {
    std::string asked;
    each_health_word(text, [&](std::size_t begin, std::size_t end) {
        if (!is_quoted(text, begin, end)) {
            const auto space = text.find_last_of(" \t\n\"'`=(", begin);
            const auto word = text.substr(space + 1, end - space - 1);
            const auto host = word.find("://");
            const auto slash = host == word.npos ? host : word.find('/', host + 3);
            if (slash == word.npos) return false;
            begin = space + 1 + slash;
        }
        const auto found = text.substr(begin, end - begin);
        if (!found.ends_with(path) || !is_health_path(std::string(found))) return false;
        asked = found;
        return found.size() > path.size();
    });
    return asked;
}

// @app.get("/health"): of the application itself.
bool is_on_application(std::string_view text, const std::string& path) {
    for (auto at = text.find(path); at != text.npos; at = text.find(path, at + 1)) {
        const auto line = text.substr(0, at).rfind('\n') + 1;
        if (text.substr(line, at - line).find("app.") != text.npos) return true;
    }
    return false;
}

bool mounts(std::string_view text) {
    constexpr std::string_view ways[] = {"APIRouter(prefix", "url_prefix",       "include_router(", "StripPrefix(",
                                         "PathPrefix(",      "setGlobalPrefix(", ".basePath(",      "context-path",
                                         ".Route(\"/",       ".Mount(\"/",       ".Group(\"/",      "app.use(\"/",
                                         "app.use('/"};
    return std::any_of(std::begin(ways), std::end(ways),
                       [&](std::string_view way) { return text.find(way) != text.npos; });
}

std::string path_in(std::string_view text) { // of http://localhost:8000/healthz
    for (const std::string_view host : {"http://localhost", "http://127.0.0.1", "http://0.0.0.0"}) {
        const auto found = text.find(host);
        if (found == text.npos) continue;
        auto begin = found + host.size();
        while (begin < text.size() && (text[begin] == ':' || (text[begin] >= '0' && text[begin] <= '9'))) ++begin;
        auto end = begin;
        while (end < text.size() && is_path_letter(text[end])) ++end;
        if (end > begin + 1 && text[begin] == '/') return std::string(text.substr(begin, end - begin));
    }
    return "";
}

// HEALTHCHECK CMD curl -f http://localhost:8000/healthz
std::string health_of_container(std::string_view text) {
    const auto check = text.find("\nHEALTHCHECK");
    if (check == text.npos) return "";
    return path_in(text.substr(check));
}

// The check of the service that compose builds from this folder.
std::string health_of_compose(Folder& folder) {
    auto root = folder.above("");
    const auto compose =
        root.yaml(root.first({"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}));
    const auto services = at(compose, "/services");
    if (!services.is_object()) return "";
    for (const auto& service : services.items()) {
        const auto build = at(service.value(), "/build");
        auto context = build.is_string() ? build.get<std::string>() : sys::text_of(build, "context");
        const auto dockerfile = sys::text_of(build, "dockerfile");
        if (context.empty()) continue;
        if (context.starts_with("./")) context.erase(0, 2);
        while (context.ends_with('/')) context.pop_back();
        if (context == ".") context.clear();
        const auto slash = dockerfile.rfind('/');
        const bool its =
            context == folder.path() || (slash != dockerfile.npos && dockerfile.substr(0, slash) == folder.path());
        const auto test = at(service.value(), "/healthcheck/test");
        const auto text = test.is_string() ? test.get<std::string>() : join(texts_of(test), " ");
        if (const auto path = path_in(text); its && !path.empty()) return path;
    }
    return "";
}

// The shortest path of the source that has to do with health; where that is mounted below another, the whole one that
// tests or scripts ask for.
std::string health_of_source(Folder& folder) {
    constexpr std::size_t most_files = 300;
    const std::initializer_list<std::string_view> endings = {".py", ".js", ".ts", ".mjs", ".go", ".java", ".kt", ".rs"};
    auto names = folder.sources(endings);
    if (names.size() > most_files) names.resize(most_files);
    auto quiet = folder; // a bundle that is too long to be read is no doubt
    std::string shortest, file;
    bool on_application = false, mounted = false;
    for (const auto& name : names) {
        const auto text = quiet.text(name);
        mounted = mounted || mounts(text);
        const auto path = health_in(text);
        if (path.empty() || (!shortest.empty() && path.size() >= shortest.size())) continue;
        shortest = path;
        file = name;
        on_application = is_on_application(text, path);
    }
    if (shortest.empty() || on_application) return shortest;
    auto others = folder.below();
    std::erase_if(others, [&](const std::string& name) {
        const auto ending = name.substr(std::min(name.rfind('.'), name.size()));
        return name == file || (ending != ".sh" && std::find(endings.begin(), endings.end(), ending) == endings.end());
    });
    if (others.size() > 2 * most_files) others.resize(2 * most_files);
    std::string asked;
    for (const auto& name : others)
        if (const auto path = asked_health(quiet.text(name), shortest); path.size() > asked.size()) asked = path;
    if (!asked.empty()) return asked;
    if (mounted)
        folder.doubt(fmt::format("{} was found in the source, but its full path is not known; check deploy.health.path "
                                 "and smoke.ready of fairlead.yml",
                                 shortest));
    return shortest;
}

}

std::string health_of(Folder& folder, const Component& component) {
    if (const auto path = health_of_compose(folder); !path.empty()) return path;
    if (!component.dockerfile.empty())
        if (const auto path = health_of_container(folder.text(component.dockerfile)); !path.empty()) return path;
    return health_of_source(folder);
}

}
