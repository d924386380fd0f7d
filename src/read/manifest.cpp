#include "read/manifest.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/data/toml.h"
#include "sys/data/xml.h"
#include <algorithm>
#include <utility>

namespace fairlead::read {

namespace {

using sys::Json;

// The line that has the key's last part and, behind it, the value: parsers keep no places.
int line_of(std::string_view text, std::string_view key, std::string_view value) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        const auto at = line.find(key);
        if (at != line.npos && line.find(value, at) != line.npos) return number;
    }
    return 0;
}

// ---- values of TOML and JSON

struct Asked {
    std::string_view file, pointer, program;
    RangeKind kind;
};
// Of a file's rows the first that is there counts for its program.
constexpr Asked asked[] = {
    {"pyproject.toml", "/project/requires-python", "python", RangeKind::python},
    {"pyproject.toml", "/tool/poetry/dependencies/python", "python", RangeKind::python},
    {"Pipfile", "/requires/python_full_version", "python", RangeKind::python},
    {"Pipfile", "/requires/python_version", "python", RangeKind::python},
    {"package.json", "/engines/node", "node", RangeKind::npm},
    {"composer.json", "/require/php", "php", RangeKind::composer},
};

std::vector<Runtime> of_values(std::string_view file, std::string_view text) {
    const auto values = file.ends_with(".json") ? sys::parse_json(text, "") : sys::parse_toml(text, "");
    if (!values.ok()) return {};
    for (const auto& row : asked) {
        const auto* const value = row.file == file ? sys::json_pointer(values.value(), row.pointer) : nullptr;
        if (value == nullptr || !value->is_string()) continue;
        auto range = value->get<std::string>();
        const int line = line_of(text, row.pointer.substr(row.pointer.rfind('/') + 1), range);
        return {{row.program, line, std::move(range), row.kind}};
    }
    return {};
}

// ---- files of one version

// The first line that says something, without a word before its version: "python-3.11.4", "temurin-17.0.9".
std::optional<Runtime> of_line(std::string_view program, std::string_view text) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        const auto words = trim(std::string_view(line));
        if (words.empty() || words.starts_with('#')) continue;
        const auto digit = words.find_first_of("0123456789");
        const bool has_name = digit != words.npos && digit > 1 && words[digit - 1] == '-';
        return Runtime{program, number, std::string(words.substr(has_name ? digit : 0)),
                       program == "python" ? RangeKind::python : RangeKind::npm};
    }
    return std::nullopt;
}

// nvm's own names: "lts/iron" is 20; "node" and "lts/*" are whatever is new.
std::optional<Runtime> of_nvmrc(std::string_view program, std::string_view text) {
    constexpr std::string_view names[] = {"argon",   "boron",    "carbon", "dubnium", "erbium", "fermium",
                                          "gallium", "hydrogen", "iron",   "jod",     "krypton"};
    auto said = of_line(program, text);
    if (!said) return said;
    const auto word = lower(said->range);
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (word == "lts/" + std::string(names[i])) said->range = std::to_string(4 + 2 * i);
    if (word == "node" || word == "stable" || word == "lts/*" || word == "current") said->range = "*";
    return said;
}

// "go 1.22": the oldest that will do (https://go.dev/ref/mod#go-mod-file-go).
std::optional<Runtime> of_go_mod(std::string_view program, std::string_view text) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (line.starts_with("go ")) return Runtime{program, number, ">=" + trim(line.substr(3)), RangeKind::npm};
    }
    return std::nullopt;
}

// "1.8" and "8" are one version.
std::string java_release(std::string_view version) {
    if (version.starts_with("1.")) version.remove_prefix(2);
    const auto end = version.find_first_not_of("0123456789");
    return end == 0 || version.empty() ? std::string() : ">=" + std::string(version.substr(0, end));
}

// The properties of a pom.xml (https://maven.apache.org/pom.html#Properties).
struct Properties : sys::XmlHandler {
    std::map<std::string, std::string> values;
    std::vector<std::string> open;

    Result<void> start(std::string_view name, const sys::XmlAttributes&) override {
        open.emplace_back(name);
        return {};
    }
    Result<void> end(std::string_view) override {
        open.pop_back();
        return {};
    }
    Result<void> text(std::string_view text) override {
        if (open.size() == 3 && open[1] == "properties") values[open[2]] += text;
        return {};
    }
};

std::optional<Runtime> of_pom(std::string_view program, std::string_view text) {
    Properties properties;
    if (!sys::parse_xml(text, "", properties).ok()) return std::nullopt;
    for (const auto* name : {"maven.compiler.release", "java.version", "maven.compiler.target"}) {
        auto value = trim(std::string_view(properties.values[name]));
        if (value.starts_with("${") && value.ends_with('}'))
            value = trim(std::string_view(properties.values[std::string(value.substr(2, value.size() - 3))]));
        if (auto range = java_release(value); !range.empty())
            return Runtime{program, line_of(text, name, ""), std::move(range), RangeKind::npm};
    }
    return std::nullopt;
}

std::optional<Runtime> of_gradle(std::string_view program, std::string_view text) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (trim(std::string_view(line)).starts_with("//")) continue;
        for (const std::string_view word : {"JavaLanguageVersion.of(", "JavaVersion.VERSION_", "sourceCompatibility"}) {
            const auto at = line.find(word);
            const auto digit = at == line.npos ? at : line.find_first_of("0123456789", at + word.size());
            if (digit == line.npos) continue;
            auto version = line.substr(digit);
            std::replace(version.begin(), version.end(), '_', '.'); // VERSION_1_8
            return Runtime{program, number, java_release(version), RangeKind::npm};
        }
    }
    return std::nullopt;
}

struct OneVersion {
    std::string_view file, program;
    std::optional<Runtime> (*read)(std::string_view program, std::string_view text);
};
constexpr OneVersion one_version[] = {{".python-version", "python", of_line},
                                      {"runtime.txt", "python", of_line},
                                      {".nvmrc", "node", of_nvmrc},
                                      {".node-version", "node", of_nvmrc},
                                      {".ruby-version", "ruby", of_line},
                                      {".java-version", "java", of_line},
                                      {"go.mod", "go", of_go_mod},
                                      {"pom.xml", "java", of_pom},
                                      {"build.gradle", "java", of_gradle},
                                      {"build.gradle.kts", "java", of_gradle}};

// "nodejs 20.11.0": asdf's (https://asdf-vm.com/manage/configuration.html), of each tool the first version.
std::vector<Runtime> of_tool_versions(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> tools[] = {
        {"nodejs", "node"}, {"node", "node"}, {"python", "python"}, {"golang", "go"},
        {"java", "java"},   {"ruby", "ruby"}, {"php", "php"}};
    std::vector<Runtime> found;
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        const auto blank = line.find(' ');
        for (const auto& [tool, program] : tools) {
            if (blank == line.npos || line.substr(0, blank) != tool) continue;
            const auto rest = trim(std::string_view(line).substr(blank));
            auto said = of_line(program, rest.substr(0, rest.find(' ')));
            if (!said) continue;
            said->line = number;
            found.push_back(*std::move(said));
        }
    }
    return found;
}

// ---- lock files

// "Flask[async]==2.0.1 ; python_version > '3.8' --hash=...": what has one version.
LockedPackages of_requirements(std::string_view text) {
    LockedPackages found;
    for (const auto& line : split(text, '\n')) {
        const auto words = std::string_view(line).substr(0, std::min(line.find(" #"), line.find(" --hash")));
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
std::optional<LockedPackages> of_toml_lock(std::string_view text) {
    const auto lock = sys::parse_toml(text, "");
    if (!lock.ok()) return std::nullopt;
    LockedPackages found;
    const auto* const packages = sys::json_pointer(lock.value(), "/package");
    if (packages == nullptr || !packages->is_array()) return found;
    for (const auto& one : *packages) {
        const auto* const source = sys::json_pointer(one, "/source");
        const bool is_own = source != nullptr && (source->contains("virtual") || source->contains("editable"));
        const auto name = sys::text_of(one, "name"), version = sys::text_of(one, "version");
        if (!is_own && !name.empty() && !version.empty()) found[normal_name(name)] = {version, false};
    }
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

bool is_manifest(std::string_view file) {
    const auto is_it = [file](const auto& row) { return row.file == file; };
    return file == ".tool-versions" || std::any_of(std::begin(asked), std::end(asked), is_it) ||
           std::any_of(std::begin(one_version), std::end(one_version), is_it);
}

std::vector<Runtime> read_runtimes(std::string_view file, std::string_view text) {
    for (const auto& row : asked)
        if (row.file == file) return of_values(file, text);
    for (const auto& row : one_version)
        if (row.file == file)
            if (auto said = row.read(row.program, text)) return {*std::move(said)};
    return file == ".tool-versions" ? of_tool_versions(text) : std::vector<Runtime>();
}

std::optional<LockedPackages> read_npm_packages(std::string_view text) {
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

std::optional<LockedPackages> read_python_packages(std::string_view name, std::string_view text) {
    if (name == "requirements.txt") return of_requirements(text);
    if (name == "poetry.lock" || name == "uv.lock") return of_toml_lock(text);
    if (name == "Pipfile.lock") return of_pipfile_lock(text);
    return std::nullopt;
}

std::string normal_name(std::string_view package) {
    std::string name;
    for (const char c : lower(package)) {
        const bool is_sign = c == '-' || c == '_' || c == '.';
        if (!is_sign)
            name += c;
        else if (!name.ends_with('-'))
            name += '-';
    }
    return name;
}

}
