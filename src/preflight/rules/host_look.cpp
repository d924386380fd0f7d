#include "preflight/rules/host_look.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

struct Said {
    int line = 0;
    std::string range;
};

// The text in quotes behind `key =`, in that section of a TOML file ("": in any).
std::optional<Said> toml_text(std::string_view text, std::string_view section, std::string_view key) {
    std::string in;
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        const auto words = trim(std::string_view(line));
        if (words.starts_with('[')) in = words;
        const auto sign = words.find('=');
        if (sign == words.npos || trim(words.substr(0, sign)) != key || (!section.empty() && in != section)) continue;
        const auto open = words.find_first_of("\"'", sign);
        if (open == words.npos) continue;
        const auto end = words.find(words[open], open + 1);
        return Said{number, std::string(words.substr(open + 1, end - open - 1))};
    }
    return std::nullopt;
}

std::optional<Said> of_pyproject(std::string_view text) {
    if (auto said = toml_text(text, "[project]", "requires-python")) return said;
    return toml_text(text, "[tool.poetry.dependencies]", "python");
}

std::optional<Said> of_pipfile(std::string_view text) {
    if (auto said = toml_text(text, "[requires]", "python_full_version")) return said;
    return toml_text(text, "[requires]", "python_version");
}

std::optional<Said> of_json(std::string_view text, std::string_view pointer) {
    const auto json = sys::parse_json(text, "");
    if (!json.ok()) return std::nullopt;
    const auto* const value = sys::json_pointer(json.value(), pointer);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    const auto range = value->get<std::string>();
    const auto at = text.find(sys::dump_json(*value));
    const auto before = text.substr(0, at == text.npos ? 0 : at);
    return Said{static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1, range};
}

// The first line that says something, without a word before its version: "python-3.11.4", "ruby-3.2.2".
std::optional<Said> of_line(std::string_view text) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        auto words = trim(std::string_view(line));
        if (words.empty() || words.starts_with('#')) continue;
        for (const std::string_view word : {"python-", "ruby-"})
            if (words.starts_with(word)) words.remove_prefix(word.size());
        return Said{number, std::string(words)};
    }
    return std::nullopt;
}

// nvm's own names: "lts/iron" is 20; "node" and "lts/*" are whatever is new.
std::optional<Said> of_nvmrc(std::string_view text) {
    constexpr std::string_view names[] = {"argon",   "boron",    "carbon", "dubnium", "erbium", "fermium",
                                          "gallium", "hydrogen", "iron",   "jod",     "krypton"};
    auto said = of_line(text);
    if (!said) return said;
    const auto word = lower(said->range);
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (word == "lts/" + std::string(names[i])) said->range = std::to_string(4 + 2 * i);
    if (word == "node" || word == "stable" || word == "lts/*" || word == "current") said->range = "*";
    return said;
}

std::optional<Said> of_go_mod(std::string_view text) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (line.starts_with("go ")) return Said{number, ">=" + trim(line.substr(3))};
    }
    return std::nullopt;
}

struct Source {
    std::string_view file, program;
    RangeKind kind;
    std::optional<Said> (*read)(std::string_view text);
};

constexpr Source sources[] = {
    {"pyproject.toml", "python", RangeKind::python, of_pyproject},
    {".python-version", "python", RangeKind::python, of_line},
    {"runtime.txt", "python", RangeKind::python, of_line},
    {"Pipfile", "python", RangeKind::python, of_pipfile},
    {"package.json", "node", RangeKind::npm, [](std::string_view text) { return of_json(text, "/engines/node"); }},
    {".nvmrc", "node", RangeKind::npm, of_nvmrc},
    {".node-version", "node", RangeKind::npm, of_nvmrc},
    {".ruby-version", "ruby", RangeKind::npm, of_line},
    {"go.mod", "go", RangeKind::npm, of_go_mod},
    {"composer.json", "php", RangeKind::composer, [](std::string_view text) { return of_json(text, "/require/php"); }},
};

// ---- lock files

// "Flask[async]==2.0.1 ; python_version > '3.8' --hash=...": what has one version.
LockedPackages of_requirements(std::string_view text) {
    LockedPackages found;
    for (const auto& line : split(text, '\n')) {
        auto words = std::string_view(line).substr(0, std::min(line.find(" #"), line.find(" --hash")));
        const auto marker = words.find(';');
        const auto sign = words.find("==");
        if (trim(words).starts_with('#') || trim(words).starts_with('-') || sign == words.npos || sign > marker)
            continue;
        auto version = trim(words.substr(sign + 2, marker == words.npos ? words.npos : marker - sign - 2));
        if (version.ends_with('\\')) version = trim(version.substr(0, version.size() - 1));
        const auto name = trim(words.substr(0, std::min(words.find('['), sign)));
        if (version.find_first_of("*=, ") == version.npos && !version.empty())
            found[normal_name(name)] = {std::string(version), marker == words.npos};
    }
    return found;
}

// [[package]] of poetry.lock and uv.lock. Which of them are for this machine they don't say.
LockedPackages of_toml_lock(std::string_view text) {
    LockedPackages found;
    std::string name, version;
    bool in_package = false, is_own = false;
    const auto keep = [&] {
        if (!name.empty() && !version.empty() && !is_own) found[normal_name(name)] = {version, false};
        name.clear(), version.clear();
        is_own = false;
    };
    for (const auto& line : split(text, '\n')) {
        if (line.starts_with('[')) {
            const bool begins = trim(std::string_view(line)) == "[[package]]";
            if (begins) keep();
            in_package = begins;
        }
        const auto quoted = [&](std::string_view key) {
            const auto begin = key.size();
            return std::string(std::string_view(line).substr(begin, line.find('"', begin) - begin));
        };
        if (in_package && line.starts_with("name = \"")) name = quoted("name = \"");
        if (in_package && line.starts_with("version = \"")) version = quoted("version = \"");
        if (in_package && line.starts_with("source = {"))
            is_own = line.find("virtual =") != line.npos || line.find("editable =") != line.npos;
    }
    keep();
    return found;
}

std::optional<LockedPackages> of_pipfile_lock(std::string_view text) {
    const auto json = sys::parse_json(text, "");
    const auto* const packages = json.ok() ? sys::json_pointer(json.value(), "/default") : nullptr;
    if (packages == nullptr || !packages->is_object()) return std::nullopt;
    LockedPackages found;
    for (const auto& [name, entry] : packages->items()) {
        const auto version = sys::text_of(entry, "version");
        if (version.starts_with("==")) found[normal_name(name)] = {version.substr(2), !entry.contains("markers")};
    }
    return found;
}

}

std::vector<Declared> declared_runtimes(const Project& project) {
    std::vector<Declared> found;
    for (const auto& path : project.paths)
        for (const Source& source : sources) {
            if (file_name(path) != source.file || profile_of(path) == Profile::development) continue;
            const auto text = project.read(path);
            auto said = text ? source.read(*text) : std::nullopt;
            if (said) found.push_back({path, said->line, source.program, std::move(said->range), source.kind});
        }
    return found;
}

std::optional<LockedPackages> npm_packages(std::string_view text) {
    const auto json = sys::parse_json(text, "");
    const auto* const packages = json.ok() ? sys::json_pointer(json.value(), "/packages") : nullptr;
    if (packages == nullptr || !packages->is_object()) return std::nullopt;
    LockedPackages found;
    for (const auto& [path, entry] : packages->items()) {
        const auto version = sys::text_of(entry, "version");
        if (!path.starts_with("node_modules/") && path.find("/node_modules/") == path.npos) continue; // workspaces
        if (version.empty()) continue;                                                                // links to them
        bool is_needed = true;
        for (const auto* key : {"dev", "optional", "devOptional", "peer"})
            is_needed = is_needed && !entry.contains(key);
        found[path] = {version, is_needed};
    }
    return found;
}

std::optional<LockedPackages> python_packages(std::string_view name, std::string_view text) {
    if (name == "requirements.txt") return of_requirements(text);
    if (name == "poetry.lock" || name == "uv.lock") return of_toml_lock(text);
    if (name == "Pipfile.lock") return of_pipfile_lock(text);
    return std::nullopt;
}

}
