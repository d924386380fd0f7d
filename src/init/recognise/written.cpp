// What the program writes into its own folder: SQLite's files, uploads, logs. A deployment replaces that folder.
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/recogniser.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Literal {
    std::size_t begin, end; // of the quotes
    std::string text;
};

std::vector<Literal> literals_of(std::string_view line) {
    std::vector<Literal> found;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '"' && line[i] != '\'' && line[i] != '`') continue;
        const auto end = line.find(line[i], i + 1);
        if (end == line.npos) break;
        found.push_back({i, end + 1, std::string(line.substr(i + 1, end - i - 1))});
        i = end;
    }
    return found;
}

bool is_word_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_path(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == text.npos;
}

// data/shop.db, and data/{name}.db: the folder is what counts.
bool is_database_file(std::string_view path) {
    if (!is_one_of(extension_of(path), {".db", ".db3", ".sqlite", ".sqlite3"})) return false;
    const auto name = file_name(path);
    const auto folder = path.substr(0, path.size() - name.size());
    const bool test = lower(name).find("test") != std::string::npos;
    return !name.starts_with('.') && !test && !path.starts_with("django.") && (folder.empty() || is_path(folder)) &&
           name.find_first_of(" /\\%$") == name.npos;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

std::size_t count_of(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
    return count;
}

// One file of the program, and what its relative paths begin at.
struct Source {
    const Component& component;
    std::string file, text;
    std::string start;    // the folder in which the program starts
    std::string database; // the folder of a relative path of SQLite's in a URL: Flask's instance
};

// From the component's folder; nothing: outside of it, or not to be known from the source.
using Spot = std::optional<std::string>;

Spot path_below(const std::string& folder, const std::string& path) {
    auto whole = std::filesystem::path(folder.empty() ? "." : folder).append(path).lexically_normal().generic_string();
    while (whole.ends_with('/')) whole.pop_back();
    if (path.starts_with('/') || whole.starts_with("..")) return std::nullopt;
    return whole == "." ? "" : whole;
}

// Path(__file__).resolve().parent.parent and its like: the folders that are taken off.
Spot above_file(const Source& source, std::string_view expression) {
    auto levels = count_of(expression, "dirname(") + count_of(expression, ".parent");
    if (const auto list = expression.find(".parents["); list != expression.npos && list + 9 < expression.size())
        levels += static_cast<std::size_t>(std::clamp(expression[list + 9] - '0', 0, 9));
    auto folder = source.file;
    for (; levels > 0; --levels) {
        if (folder.empty()) return std::nullopt;
        folder = folder_of(folder);
    }
    return folder == source.file ? Spot() : Spot(folder);
}

Spot spot_of(const Source& source, std::string_view line, std::size_t end, int depth);

// BASE_DIR: what its own line says.
Spot value_of(const Source& source, const std::string& name, int depth) {
    if (name == "__dirname") return folder_of(source.file);
    if (name == "instance_path") return source.start.empty() ? "instance" : source.start + "/instance";
    if (depth > 3 || name.empty()) return std::nullopt;
    for (const auto& line : split(source.text, '\n')) {
        auto plain = trim(std::string_view(line));
        for (const std::string_view word : {"const ", "let ", "var "})
            if (plain.starts_with(word)) plain.remove_prefix(word.size());
        const auto equal = plain.find('=');
        if (equal == plain.npos || equal + 1 >= plain.size() || plain[equal + 1] == '=') continue;
        if (trim(plain.substr(0, std::min(equal, plain.find(':')))) != name) continue;
        const auto value = plain.substr(equal + 1);
        const auto all = literals_of(value);
        if (!all.empty() && is_path(all.back().text)) return spot_of(source, value, all.back().end, depth + 1);
        if (has_any(value, {"__file__"})) return above_file(source, value);
        if (has_any(value, {"getcwd()", ".cwd()", "process.cwd"})) return source.start;
        return std::nullopt;
    }
    return std::nullopt;
}

// The path that ends with the literal that ends there: BASE_DIR / "data" / "shop.db", os.path.join(here, "shop.db").
Spot spot_of(const Source& source, std::string_view line, std::size_t end, int depth) {
    const auto all = literals_of(line);
    auto last = std::find_if(all.begin(), all.end(), [&](const Literal& one) { return one.end == end; });
    if (last == all.end()) return std::nullopt;
    std::string path = last->text;
    const auto follows = [&](const Literal& one) {
        auto between = line.substr(one.end, last->begin - one.end);
        if (between.ends_with('f')) between.remove_suffix(1); // of f"{name}.db"
        return between.find_first_not_of(" \t,/+") == between.npos && !between.empty();
    };
    while (last != all.begin() && follows(*std::prev(last)) && is_path(std::prev(last)->text) &&
           line.substr(0, std::prev(last)->begin).find("environ") == line.npos &&
           line.substr(0, std::prev(last)->begin).find("env(") == line.npos) {
        --last;
        path = last->text + "/" + path;
    }
    auto before = line.substr(0, last->begin);
    if (before.ends_with('f') || before.ends_with('r')) before.remove_suffix(1);
    before = trim(before);
    const bool appended = before.ends_with(',') || before.ends_with('/') || before.ends_with('+');
    if (!appended || has_any(before, {"environ", "getenv", "env("})) return path_below(source.start, path);
    before.remove_suffix(1);
    before = trim(before);
    if (before.ends_with(')')) {
        const auto folder = has_any(before, {"__file__"}) ? above_file(source, before)
                            : has_any(before, {"cwd("})   ? Spot(source.start)
                                                          : Spot();
        return folder ? path_below(*folder, path) : Spot();
    }
    auto begin = before.size();
    while (begin > 0 && is_word_letter(before[begin - 1])) --begin;
    const auto folder = value_of(source, std::string(before.substr(begin)), depth);
    return folder ? path_below(*folder, path) : Spot();
}

// What stands behind sqlite:/// in a literal: {BASE_DIR}/shop.db, ./shop.db, shop.db?timeout=5.
void add_url(const Source& source, std::string rest, Written& one) {
    if (const auto mark = rest.find('?'); mark != rest.npos) rest.resize(mark);
    if (rest.starts_with('{')) {
        const auto close = rest.find("}/");
        const auto folder = close == rest.npos ? Spot() : value_of(source, rest.substr(1, close - 1), 0);
        one.known = folder && is_path(rest.substr(close + 2));
        if (one.known) one.path = path_below(*folder, rest.substr(close + 2)).value_or("");
    } else if (is_path(rest)) {
        one.path = path_below(source.database, rest).value_or("");
        one.known = !one.path.empty();
    }
}

std::optional<Written> database_in(const Source& source, std::string_view line) {
    Written one{.what = What::database};
    for (const auto& literal : literals_of(line)) {
        const auto scheme = literal.text.find("sqlite");
        const auto slashes = scheme == std::string::npos ? scheme : literal.text.find(":///", scheme);
        if (scheme == 0 && slashes != std::string::npos && slashes < 20) {
            const auto rest = literal.text.substr(slashes + 4);
            const bool test = lower(file_name(rest)).find("test") != std::string::npos;
            if (rest.starts_with(':') || test) return std::nullopt; // in memory
            if (rest.starts_with('/')) {
                if (!is_path(rest)) return std::nullopt;
                one.path = rest;
                one.known = one.outside = true;
                return one;
            }
            if (rest.empty()) continue; // what follows is joined
            add_url(source, rest, one);
            return one;
        }
        const auto around = lower(line.substr(0, literal.begin));
        if (!is_database_file(literal.text) ||
            !has_any(around, {"connect(", "name", "database", "open(", "db", "path"}))
            continue;
        if (literal.text.starts_with('/')) return std::nullopt;
        const auto place = spot_of(source, line, literal.end, 0);
        one.known = place.has_value();
        one.path = place.value_or("");
        return one;
    }
    return std::nullopt;
}

bool is_upload(std::string_view line) {
    const auto equal = line.find_first_of("=:");
    if (equal == line.npos) return false;
    const auto name = lower(trim(line.substr(0, equal)));
    if (line.find("multer(") != line.npos && line.find("dest") != line.npos) return true;
    return has_any(name, {"upload_folder", "upload_dir", "uploads_dir", "upload_path", "upload_root", "uploads_folder",
                          "media_root", "uploaddir", "uploadfolder"});
}

std::optional<Written> folder_in(const Source& source, std::string_view line) {
    const auto all = literals_of(line);
    // app.config["UPLOAD_FOLDER"] is a name, as is os.environ["UPLOAD_FOLDER"].
    const auto is_value = [&](const Literal& one) {
        const bool lower_case =
            std::any_of(one.text.begin(), one.text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        return lower_case && is_path(one.text) && one.begin > line.find_first_of("=:");
    };
    if (is_upload(line) && !all.empty() && is_value(all.back()))
        if (const auto place = spot_of(source, line, all.back().end, 0); place && !place->empty())
            return Written{.what = What::uploads, .path = *place, .known = true};
    // save_path = f"./static/upload/{user}/{name}"
    for (const auto& literal : all) {
        if (!literal.text.starts_with("./") || line.find("path") == line.npos) continue;
        for (const std::string_view name : {"/uploads/", "/upload/"}) {
            const auto at = literal.text.find(name);
            if (at == std::string::npos || !is_path(literal.text.substr(0, at))) continue;
            const auto place = path_below(source.start, literal.text.substr(0, at + name.size() - 1));
            if (place) return Written{.what = What::uploads, .path = *place, .known = true};
        }
    }
    for (const std::string_view call : {"makedirs(", "mkdirSync(", "MkdirAll(", "os.mkdir("}) {
        const auto at = line.find(call);
        if (at == line.npos) continue;
        const auto argument =
            line.substr(at + call.size(), line.find_first_of(",)", at + call.size()) - at - call.size());
        const auto own = literals_of(argument);
        const auto name = std::string(trim(argument));
        const auto place = !own.empty() && own.front().begin == 0 && is_path(own.front().text)
                               ? path_below(source.start, own.front().text)
                           : std::all_of(name.begin(), name.end(), is_word_letter) ? value_of(source, name, 0)
                                                                                   : Spot();
        if (place && !place->empty()) return Written{.what = What::folder, .path = *place, .known = true};
    }
    return std::nullopt;
}

// Tests, tools and settings of developers say nothing of what is deployed.
bool is_deployed(const std::string& file) {
    constexpr std::string_view others[] = {"test",        "tests",   "testing", "dev",   "develop",
                                           "development", "local",   "scripts", "tools", "docs",
                                           "migrations",  "alembic", "ci",      "debug", "conftest"};
    for (const auto& folder : split(replace_all(file, ".", "/"), '/'))
        for (const auto& word : split(replace_all(lower(folder), "-", "_"), '_'))
            if (is_one_of(others, word)) return false;
    return true;
}

bool is_comment(std::string_view line) {
    return line.starts_with('#') || line.starts_with("//") || line.starts_with('*') || line.starts_with("/*");
}

}

void find_written(Folder& folder, Component& component) {
    constexpr std::size_t most_files = 300, most_found = 8;
    if (component.serve.empty()) return;
    auto files = component.language == Language::python ? imported_files(folder, component)
                                                        : folder.sources({".js", ".ts", ".mjs", ".cjs", ".go", ".rs"});
    std::erase_if(files, [](const std::string& file) { return !is_deployed(file); });
    if (files.size() > most_files) files.resize(most_files);
    const auto start = starts_in(component.serve);
    // Flask-SQLAlchemy 3 puts what has no place into the instance's folder, beside the application's package.
    const bool instance = contains(component.packages, "flask-sqlalchemy") &&
                          lower(folder.text("requirements.txt")).find("flask-sqlalchemy==2") == std::string::npos;
    auto quiet = folder; // a bundle that is too long to be read is no doubt
    for (const auto& file : files) {
        const Source source{component, file, quiet.text(file), start,
                            !instance       ? start
                            : start.empty() ? "instance"
                                            : start + "/instance"};
        const bool sqlite = lower(source.text).find("sqlite") != std::string::npos;
        int number = 0;
        for (const auto& line : split(source.text, '\n')) {
            ++number;
            const auto plain = trim(std::string_view(line));
            if (plain.empty() || plain.size() > 500 || is_comment(plain)) continue;
            auto one = sqlite ? database_in(source, plain) : std::nullopt;
            if (!one) one = folder_in(source, plain);
            if (!one) continue;
            one->from = fmt::format("{}:{}", file, number);
            one->is_default = has_any(plain, {"environ", "getenv", "env(", "config(", "process.env"});
            // f"sqlite:///{path}" behind the line that says what the path is.
            const auto same = [&](const Written& other) {
                return (other.path == one->path && other.what == one->what) ||
                       (!one->known && other.what == one->what && other.from.starts_with(file + ":"));
            };
            if (std::none_of(component.written.begin(), component.written.end(), same) &&
                component.written.size() < most_found)
                component.written.push_back(std::move(*one));
        }
    }
}

}
