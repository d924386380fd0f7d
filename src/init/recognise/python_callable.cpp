// The application in the source: which file has it, and the folder that it is imported from.
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::init {

namespace {

bool is_identifier(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == text.npos;
}

struct Constructor {
    std::string_view call;
    std::string_view server;
    int rank;
};
constexpr Constructor constructors[] = {
    {"get_wsgi_application(", "gunicorn", 0},
    {"get_asgi_application(", "uvicorn", 3},
    {"Flask(", "gunicorn", 1},
    {"FastAPI(", "uvicorn", 1},
    {"Starlette(", "uvicorn", 1},
    {"Quart(", "uvicorn", 1},
    {"Litestar(", "uvicorn", 1},
    {"create_app(", "", 2},
    {"make_app(", "", 2},
    {"falcon.App(", "gunicorn", 1},
    {"Bottle(", "gunicorn", 1},
};

// `app = Flask(__name__)` at the beginning of a line; `def create_app(` as the last resort.
void look_into(const std::string& file, const std::string& text, std::vector<Callable>& found) {
    for (const auto& line : split(text, '\n')) {
        if (line.starts_with(' ') || line.starts_with('\t')) continue;
        for (const std::string factory : {"create_app", "make_app"})
            if (line.starts_with(fmt::format("def {}(", factory))) found.push_back({file, factory + "()", "", 4});
        const auto equal = line.find('=');
        if (equal == line.npos) continue;
        const auto name = trim(std::string_view(line).substr(0, std::min(equal, line.find(':'))));
        auto value = trim(std::string_view(line).substr(equal + 1));
        if (!is_identifier(name)) continue;
        for (const auto module : {"flask.", "fastapi.", "starlette.", "bottle."})
            if (value.starts_with(module)) value.remove_prefix(std::string_view(module).size());
        for (const auto& [call, server, rank] : constructors)
            if (value.starts_with(call)) found.push_back({file, std::string(name), std::string(server), rank});
        // Sentry(get_wsgi_application()), or what was made of it in the lines above.
        const bool wrapped = name == "application" && text.find("get_wsgi_application(") != text.npos;
        if (wrapped && file_name(file) == "wsgi.py") found.push_back({file, std::string(name), "gunicorn", 0});
    }
}

// What a file's name promises: the lower, the more.
int promise_of(std::string_view file) {
    const auto name = file_name(file);
    const auto stem = name.substr(0, name.size() - 3);
    if (is_one_of(stem, {"wsgi", "asgi"})) return 0;
    if (is_one_of(stem, {"app", "main", "application", "server", "run", "api", "__init__", "factory"})) return 1;
    for (const auto* word : {"debug", "test", "example", "sample", "demo", "mock"})
        for (const auto& part : split(stem, '_'))
            if (part == word) return 3;
    return 2;
}

// Of hundreds of files those are read that are likely to have it, wherever they are.
std::vector<std::string> likely_files(const Python& python) {
    constexpr std::size_t most_files = 200;
    auto files = python.folder.sources({".py"});
    std::erase_if(files, [](const std::string& file) {
        const auto name = file_name(file);
        return name.starts_with("test") || name == "conftest.py" || name == "setup.py";
    });
    const auto depth = [](const std::string& file) { return std::count(file.begin(), file.end(), '/'); };
    std::stable_sort(files.begin(), files.end(),
                     [&](const std::string& a, const std::string& b) { return depth(a) < depth(b); });
    if (files.size() <= most_files) return files;
    std::stable_sort(files.begin(), files.end(),
                     [](const std::string& a, const std::string& b) { return promise_of(a) < promise_of(b); });
    files.resize(most_files);
    std::stable_sort(files.begin(), files.end(),
                     [&](const std::string& a, const std::string& b) { return depth(a) < depth(b); });
    return files;
}

// The first names of what a file imports, and of the settings that it names: shop of "shop.settings".
std::set<std::string> imported_by(const std::string& text) {
    std::set<std::string> names;
    const auto add = [&](std::string_view module) {
        module = trim(module);
        const auto name = module.substr(0, module.find_first_of(". \t,;#'\"("));
        if (is_identifier(name)) names.emplace(name);
    };
    for (const auto& line : split(text, '\n')) {
        const auto plain = trim(std::string_view(line));
        if (plain.starts_with("from ") && plain.find(" import") != plain.npos) add(plain.substr(5));
        if (plain.starts_with("import "))
            for (const auto& module : split(plain.substr(7), ',')) add(module);
        constexpr std::string_view settings = "DJANGO_SETTINGS_MODULE";
        if (const auto at = plain.find(settings); at != plain.npos) {
            const auto quote = plain.find_first_of("'\"", std::min(at + settings.size() + 1, plain.size()));
            if (quote != plain.npos) add(plain.substr(quote + 1));
        }
    }
    return names;
}

// A module of the standard library or of a package is what such a name means, beside a file of that name, too.
bool is_foreign(const Python& python, const std::string& name) {
    constexpr std::string_view standard[] = {
        "abc",    "argparse",    "array",    "ast",      "asyncio",     "base64",    "calendar",   "cmd",
        "code",   "collections", "copy",     "csv",      "dataclasses", "datetime",  "decimal",    "email",
        "enum",   "functools",   "html",     "http",     "io",          "itertools", "json",       "logging",
        "math",   "os",          "pathlib",  "platform", "queue",       "random",    "re",         "secrets",
        "select", "shutil",      "signal",   "site",     "socket",      "sqlite3",   "statistics", "string",
        "struct", "subprocess",  "sys",      "tempfile", "test",        "threading", "time",       "token",
        "types",  "typing",      "unittest", "urllib",   "uuid",        "xml",       "zipfile"};
    return is_one_of(standard, name) || python.asks_for(replace_all(lower(name), "_", "-"));
}

// The folders that a file can be imported from: each above it from which its path is a module's name.
std::vector<std::string> import_folders(const std::string& file) {
    std::vector<std::string> folders;
    for (auto folder = folder_of(file);; folder = folder_of(folder)) {
        folders.insert(folders.begin(), folder);
        if (folder.empty() || !is_identifier(file_name(folder))) return folders;
    }
}

bool is_module_in(const std::vector<std::string>& sources, const std::string& folder, const std::string& name) {
    const auto path = folder.empty() ? name : folder + "/" + name;
    return std::any_of(sources.begin(), sources.end(), [&](const std::string& source) {
        return source == path + ".py" || source.starts_with(path + "/");
    });
}

// How often each folder is the only one in which an imported name is found.
std::map<std::string, int> votes(const Python& python, const std::vector<std::string>& sources,
                                 const std::vector<std::string>& folders, const std::string& file) {
    std::map<std::string, int> count;
    for (const auto& name : imported_by(python.folder.text(file))) {
        if (is_foreign(python, name)) continue;
        std::vector<std::string> holding;
        for (const auto& folder : folders)
            if (is_module_in(sources, folder, name)) holding.push_back(folder);
        if (holding.size() == 1) ++count[holding.front()];
    }
    return count;
}

}

// What the file itself imports decides, then what the files beside and below it import. A name that only one folder
// holds is a proof; without one, the sources of src/ are imported from there, and all others from the project's folder.
std::string import_folder(const Python& python, const std::string& file) {
    constexpr std::size_t most_files = 60;
    const auto folders = import_folders(file);
    if (folders.size() == 1) return folders.front();
    auto sources = python.folder.sources({".py"});
    const auto best = [](const std::map<std::string, int>& count) {
        return std::max_element(count.begin(), count.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; });
    };
    if (const auto own = votes(python, sources, folders, file); !own.empty()) return best(own)->first;
    std::map<std::string, int> all;
    const auto beside = folder_of(file) + "/";
    std::size_t read = 0;
    for (const auto& source : sources) {
        if (source == file || !source.starts_with(beside) || ++read > most_files) continue;
        for (const auto& [folder, count] : votes(python, sources, folders, source)) all[folder] += count;
    }
    if (!all.empty()) return best(all)->first;
    const bool of_src = file.starts_with("src/") && !python.folder.has("src/__init__.py");
    return of_src && contains(folders, "src") ? "src" : folders.front();
}

std::string module_of(const std::string& file, const std::string& folder) {
    std::string_view path = file;
    if (!folder.empty()) path.remove_prefix(folder.size() + 1);
    path.remove_suffix(3);
    if (path.ends_with("/__init__")) path.remove_suffix(9);
    return replace_all(path, "/", ".");
}

std::optional<Callable> find_callable(const Python& python) {
    std::vector<Callable> found;
    for (const auto& file : likely_files(python)) look_into(file, python.folder.text(file), found);
    if (found.empty()) return std::nullopt;
    // Of several wsgi.py the one beside the settings that manage.py names: shop/settings.py, shop/wsgi.py.
    const auto settings = replace_all(python.component.settings, ".", "/");
    const auto beside = [&](const Callable& one) {
        const auto folder = folder_of(one.file);
        return !settings.empty() && (("/" + folder).ends_with("/" + folder_of(settings)) ? 0 : 1);
    };
    auto best = *std::min_element(found.begin(), found.end(), [&](const Callable& a, const Callable& b) {
        const auto depth = [](const Callable& one) { return std::count(one.file.begin(), one.file.end(), '/'); };
        const bool aside = promise_of(a.file) > 2, other_aside = promise_of(b.file) > 2;
        if (aside != other_aside) return other_aside;
        if (a.rank != b.rank) return a.rank < b.rank;
        if (beside(a) != beside(b)) return beside(a) < beside(b);
        if (depth(a) != depth(b)) return depth(a) < depth(b);
        return promise_of(a.file) < promise_of(b.file);
    });
    best.folder = import_folder(python, best.file);
    best.target = fmt::format("{}:{}", module_of(best.file, best.folder), best.target);
    return best;
}

}
