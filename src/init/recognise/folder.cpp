#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"
#include "sys/data/toml.h"
#include "sys/data/yaml.h"
#include "sys/encoding.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

Json json_of(const sys::YamlNode& node) {
    using Kind = sys::YamlNode::Kind;
    if (node.kind == Kind::scalar) return to_valid_utf8(node.scalar);
    Json value;
    if (node.kind == Kind::list) value = Json::array();
    if (node.kind == Kind::map) value = Json::object();
    for (const auto& item : node.items) value.push_back(json_of(item));
    for (const auto& [key, entry] : node.entries) value[to_valid_utf8(key.scalar)] = json_of(entry);
    return value;
}

Result<Json> parse_compose(std::string_view text, const std::string& name) {
    const auto documents = TRY(sys::parse_yaml_documents(text, name, sys::YamlDialect::compose));
    return json_of(documents.front());
}

// Folders whose manifests are none of the project's own.
constexpr std::string_view foreign[] = {
    "node_modules",
    "bower_components",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "external",
    "extern",
    "_deps",
    "submodules",
    "site-packages",
    "venv",
    "env",
    "target",
    "build",
    "dist",
    "out",
    "bin",
    "obj",
    "coverage",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "playground",
    "playgrounds",
    "sandbox",
    "fixture",
    "fixtures",
    "__fixtures__",
    "testdata",
    "test-data",
    "test_data",
    "testing",
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "specs",
    "e2e",
    "integration-tests",
    "integration_tests",
    "doc",
    "docs",
    "documentation",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "fuzz",
    "template",
    "templates",
    "contrib",
    "snippets",
    "__pycache__",
    "cookbook",
};

}

bool is_own(std::string_view folder) {
    for (const auto& name : split(folder, '/'))
        if (name.starts_with('.') || name.starts_with('_') || is_one_of(foreign, lower(name))) return false;
    return true;
}

std::string Folder::whole(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "/" + std::string(name);
}

bool Folder::has(std::string_view name) const {
    return std::binary_search(files_.paths.begin(), files_.paths.end(), whole(name));
}

bool Folder::may_start(std::string_view name) const { return !files_.may_start || files_.may_start(whole(name)); }

std::string Folder::first(std::initializer_list<std::string_view> names) const {
    for (const auto name : names)
        if (has(name)) return std::string(name);
    return "";
}

std::vector<std::string> Folder::below(std::string_view folder) const {
    const auto start = path_.empty() ? std::string() : path_ + "/";
    const auto prefix = start + (folder.empty() ? std::string() : std::string(folder) + "/");
    std::vector<std::string> names;
    for (auto it = std::lower_bound(files_.paths.begin(), files_.paths.end(), prefix);
         it != files_.paths.end() && it->starts_with(prefix); ++it)
        names.push_back(it->substr(start.size()));
    return names;
}

std::vector<std::string> Folder::sources(std::initializer_list<std::string_view> endings) const {
    std::vector<std::string> names;
    for (auto& name : below()) {
        const bool wanted = std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
            return std::string_view(name).ends_with(ending);
        });
        if (!wanted) continue;
        const auto slash = name.rfind('/');
        if (slash != std::string::npos && !is_own(std::string_view(name).substr(0, slash))) continue;
        names.push_back(std::move(name));
    }
    return names;
}

std::string Folder::text(std::string_view name) {
    if (!has(name)) return "";
    auto text = files_.read(whole(name));
    if (text && text->size() <= largest_manifest) {
        constexpr std::string_view mark = "\xEF\xBB\xBF"; // of editors on Windows
        if (text->starts_with(mark)) text->erase(0, mark.size());
        auto converted = sys::from_utf16(*text);
        if (!converted) return std::move(*text);
        doubt(fmt::format("{} is UTF-16, which most tools don't read; save it as UTF-8", one_line(std::string(name))));
        return std::move(*converted);
    }
    unreadable(name, fmt::format("{} was left out: it can't be read, is not a regular file, or is larger than {} MiB",
                                 one_line(std::string(name)), largest_manifest >> 20));
    return "";
}

void Folder::doubt(std::string sentence) {
    if (!contains(doubts, sentence)) doubts.push_back(std::move(sentence));
}

void Folder::unreadable(std::string_view name, std::string sentence) {
    unread.emplace_back(name, sentence);
    doubt(std::move(sentence));
}

namespace {

template <typename Parse>
Json parsed(Folder& folder, std::string_view name, Parse parse) {
    const auto text = folder.text(name);
    if (text.empty()) return nullptr;
    auto value = parse(text, std::string(name));
    if (value.ok()) return std::move(value).value();
    const auto& error = value.error();
    folder.unreadable(
        name, fmt::format("{}{} could not be read ({}); fix it, then run init again", one_line(std::string(name)),
                          error.place.line > 0 ? fmt::format(":{}", error.place.line) : "", one_line(error.message)));
    return nullptr;
}

}

Json Folder::json(std::string_view name) { return parsed(*this, name, sys::parse_json); }
Json Folder::toml(std::string_view name) { return parsed(*this, name, sys::parse_toml); }
Json Folder::yaml(std::string_view name) { return parsed(*this, name, parse_compose); }

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    char quote = 0;
    bool begun = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote != 0 ? c == quote : (c == '"' || c == '\'')) {
            quote = quote != 0 ? '\0' : c;
            begun = true;
        } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            if (begun) words.push_back(std::move(word));
            word.clear();
            begun = false;
        } else {
            if (c == '\\' && quote != '\'' && i + 1 < line.size()) ++i;
            word += line[i];
            begun = true;
        }
    }
    if (begun) words.push_back(std::move(word));
    return words;
}

bool is_plain_command(std::string_view line) { return line.find_first_of("&|;<>$`(){}*?[]~#!\n") == line.npos; }

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (const auto& line : split(text, '\n')) {
        const auto plain = trim(std::string_view(line));
        if (!plain.empty() && !plain.starts_with('#')) lines.emplace_back(plain);
    }
    return lines;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool mentions(std::string_view text, std::string_view word) {
    const auto part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return true;
    }
    return false;
}

std::vector<std::string> texts_of(const Json& list) {
    std::vector<std::string> texts;
    if (list.is_array())
        for (const auto& item : list)
            if (item.is_string()) texts.push_back(item.get<std::string>());
    return texts;
}

Json at(const Json& value, std::string_view pointer) {
    const auto* found = sys::json_pointer(value, pointer);
    return found != nullptr ? *found : Json(nullptr);
}

Step step(std::string name, std::vector<std::vector<std::string>> commands, std::string because) {
    return {std::move(name), std::move(commands), {}, std::move(because)};
}

std::string plain_name(std::string_view text) {
    std::string name;
    for (const char c : lower(text)) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
        if (name.size() >= 40) break; // of an image, a job, a folder on a server
    }
    while (name.ends_with('-')) name.pop_back();
    const bool begins_with_letter = !name.empty() && name.front() >= 'a';
    return begins_with_letter ? name : "app" + (name.empty() ? "" : "-" + name);
}

}
