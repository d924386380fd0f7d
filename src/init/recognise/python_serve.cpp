// What answers requests: the callable that the source really has, and the server that the project asks for.
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

std::string server_of(const Python& python, const Callable& callable) {
    const auto& framework = python.component.framework;
    const bool async =
        framework == "fastapi" || framework == "starlette" || framework == "quart" || framework == "litestar";
    const auto wanted = callable.server.empty() ? std::string(async ? "uvicorn" : "gunicorn") : callable.server;
    if (wanted == "gunicorn" && !python.asks_for("gunicorn") && python.asks_for("waitress")) return "waitress";
    return wanted;
}

std::vector<std::string> plain_command(const Python& python, const Callable& callable, const std::string& server) {
    const bool factory = callable.target.ends_with("()");
    const auto object = callable.target.substr(0, callable.target.size() - (factory ? 2 : 0));
    if (server == "uvicorn") {
        std::vector<std::string> words = {python.bin + "uvicorn", "--uds", "{socket}"};
        if (factory) words.push_back("--factory");
        words.push_back(object);
        return words;
    }
    if (server == "waitress") {
        std::vector<std::string> words = {python.bin + "waitress-serve", "--unix-socket={socket}"};
        if (factory) words.push_back("--call");
        words.push_back(object);
        return words;
    }
    return {python.bin + "gunicorn", "--bind", "unix:{socket}", "--workers", "2", callable.target};
}

// What pip installed is found from everywhere; all else from the folder that the program starts in.
bool is_installed_from(const Python& python, const std::string& folder) {
    if (folder != "src") return false;
    const bool builds = python.project.contains("build-system");
    if (python.component.manager == "uv")
        return builds ? at(python.project, "/tool/uv/package") != Json(false)
                      : at(python.project, "/tool/uv/package") == Json(true);
    if (python.component.manager == "poetry") return at(python.project, "/tool/poetry/package-mode") != Json(false);
    return python.installable;
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
    if (found) component.modules = found->folder;
    if (found) component.served_by = found->file;
    if (take_procfile(folder, component, python.bin)) return;
    const bool manage = python.has_manage(), container = !container_file(folder).empty();
    // A package on its way to PyPI may have an app object as an example of itself: it is served when something says so.
    const bool application =
        component.kind == Kind::service || manage || container || has_server(python) || !python.installable;
    const auto callable = application ? found : std::nullopt;
    if (!callable) {
        if (manage)
            folder.doubt(
                "manage.py is here, but no file was found that calls get_wsgi_application(), so no deployment is "
                "written; docs/deploy.md shows the section deploy: that fairlead.yml needs");
        if (component.kind != Kind::service) component.kind = python.installable ? Kind::library : Kind::program;
        return;
    }
    component.kind = Kind::service;
    if (manage && folder.text(callable->file).find("DJANGO_SETTINGS_MODULE") == std::string::npos)
        folder.doubt(fmt::format("{} names no DJANGO_SETTINGS_MODULE{}; set the variable in the file that env.file of "
                                 "each environment names",
                                 callable->file,
                                 component.settings.empty() ? "" : ", manage.py uses " + component.settings));
    const auto server = server_of(python, *callable);
    component.serve = plain_command(python, *callable, server);
    if (!is_installed_from(python, callable->folder))
        component.serve = started_in(std::move(component.serve), callable->folder);
    if (!python.asks_for(server)) python.server = server;
    if (!python.asks_for(server))
        folder.doubt(fmt::format("{} is to serve {} ({}), but is not in the project's packages; add it there", server,
                                 callable->target, callable->file));
}

}
