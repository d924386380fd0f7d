// What answers requests: the callable that the source really has, and the server that the project asks for.
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Callable {
    std::string file;
    std::string target; // app:create_app()
    std::string server; // gunicorn, uvicorn
    int rank = 0;       // the lower, the likelier
};

std::string module_of(std::string_view path) {
    if (path.starts_with("src/")) path.remove_prefix(4);
    path.remove_suffix(3);
    if (path.ends_with("/__init__")) path.remove_suffix(9);
    return replace_all(path, "/", ".");
}

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
        for (const auto* factory : {"create_app", "make_app"})
            if (line.starts_with(fmt::format("def {}(", factory)))
                found.push_back({file, fmt::format("{}:{}()", module_of(file), factory), "", 4});
        const auto equal = line.find('=');
        if (equal == line.npos) continue;
        const auto name = trim(std::string_view(line).substr(0, std::min(equal, line.find(':'))));
        auto value = trim(std::string_view(line).substr(equal + 1));
        if (!is_identifier(name)) continue;
        for (const auto module : {"flask.", "fastapi.", "starlette.", "bottle."})
            if (value.starts_with(module)) value.remove_prefix(std::string_view(module).size());
        for (const auto& [call, server, rank] : constructors)
            if (value.starts_with(call))
                found.push_back({file, fmt::format("{}:{}", module_of(file), name), std::string(server), rank});
    }
}

std::optional<Callable> find_callable(Python& python) {
    constexpr std::size_t most_files = 200;
    auto files = python.folder.sources({".py"});
    std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return std::count(a.begin(), a.end(), '/') < std::count(b.begin(), b.end(), '/');
    });
    if (files.size() > most_files) files.resize(most_files);
    std::vector<Callable> found;
    for (const auto& file : files) {
        const auto name = file.substr(file.rfind('/') == file.npos ? 0 : file.rfind('/') + 1);
        if (!name.starts_with("test") && name != "conftest.py" && name != "setup.py")
            look_into(file, python.folder.text(file), found);
    }
    if (found.empty()) return std::nullopt;
    const auto best = std::min_element(found.begin(), found.end(),
                                       [](const Callable& a, const Callable& b) { return a.rank < b.rank; });
    return *best;
}

std::string server_of(const Python& python, const Callable& callable) {
    const auto& framework = python.component.framework;
    const bool async =
        framework == "fastapi" || framework == "starlette" || framework == "quart" || framework == "litestar";
    const auto wanted = callable.server.empty() ? std::string(async ? "uvicorn" : "gunicorn") : callable.server;
    if (wanted == "gunicorn" && !python.asks_for("gunicorn") && python.asks_for("waitress")) return "waitress";
    return wanted;
}

std::vector<std::string> command_of(const Python& python, const Callable& callable, const std::string& server) {
    const bool factory = callable.target.ends_with("()");
    if (server == "uvicorn") {
        std::vector<std::string> words = {python.bin + "uvicorn", "--uds", "{socket}"};
        if (factory) words.push_back("--factory");
        words.push_back(factory ? callable.target.substr(0, callable.target.size() - 2) : callable.target);
        return words;
    }
    if (server == "waitress") return {python.bin + "waitress-serve", "--unix-socket={socket}", callable.target};
    return {python.bin + "gunicorn", "--bind", "unix:{socket}", "--workers", "2", callable.target};
}

bool has_server(const Python& python) {
    for (const auto* name : {"gunicorn", "uvicorn", "waitress", "hypercorn", "daphne", "fastapi[standard]"})
        if (python.asks_for(name)) return true;
    return false;
}

}

void serve_python(Python& python) {
    auto& folder = python.folder;
    auto& component = python.component;
    const auto found = find_callable(python);
    if (found) component.callable = found->target;
    if (found && found->file.starts_with("src/")) component.modules = "src";
    if (take_procfile(folder, component, python.bin)) return;
    const bool manage = python.has_manage(), container = !container_file(folder).empty();
    // A package on its way to PyPI may have an app object as an example of itself: it is served when something says so.
    const bool application =
        component.kind == Kind::service || manage || container || has_server(python) || !python.installable;
    const auto callable = application ? found : std::nullopt;
    if (!callable) {
        if (manage)
            folder.doubt("manage.py is here, but no wsgi.py with get_wsgi_application(); name the server in "
                         "deploy.target.command");
        if (component.kind != Kind::service) component.kind = python.installable ? Kind::library : Kind::program;
        return;
    }
    component.kind = Kind::service;
    const auto server = server_of(python, *callable);
    component.serve = command_of(python, *callable, server);
    if (!python.asks_for(server)) python.server = server;
    if (!python.asks_for(server))
        folder.doubt(fmt::format("{} is to serve {} ({}), but is not in the project's packages; add it there", server,
                                 callable->target, callable->file));
}

}
