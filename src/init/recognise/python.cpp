#include "base/path.h"
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

bool is_python_version(std::string_view text) {
    return !text.empty() && text.size() <= 10 && text.front() >= '2' && text.front() <= '9' &&
           text.find_first_not_of("0123456789.") == text.npos;
}

// .python-version, runtime.txt, requires-python; setup-python reads the first and the last itself.
Runtime runtime_of(Python& python) {
    auto& folder = python.folder;
    Runtime runtime{"python", "", ""};
    const auto lines = lines_of(folder.text(".python-version"));
    if (!lines.empty() && is_python_version(lines.front())) {
        runtime.version_file = ".python-version";
        return runtime;
    }
    const auto heroku = trim(folder.text("runtime.txt"));
    if (heroku.starts_with("python-") && is_python_version(std::string_view(heroku).substr(7))) {
        runtime.version = heroku.substr(7);
        return runtime;
    }
    const auto asked = at(python.project, "/project/requires-python"),
               old = at(python.project, "/tool/poetry/dependencies/python");
    if (asked.is_string() || old.is_string()) {
        runtime.version_file = "pyproject.toml";
        return runtime;
    }
    runtime.version = "3.12";
    folder.doubt("no Python version is named, so 3.12 is used; write your version into .python-version");
    return runtime;
}

// "3.12" of .python-version, runtime.txt or the version that is taken; a range says no one version.
std::string version_of(const Python& python) {
    const auto& runtime = python.component.runtime;
    if (runtime.version_file != ".python-version") return runtime.version;
    const auto lines = lines_of(python.folder.text(".python-version"));
    return lines.empty() ? "" : lines.front();
}

// os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
std::string django_settings(const Python& python) {
    const auto text = python.folder.text(python.manage);
    constexpr std::string_view name = "DJANGO_SETTINGS_MODULE";
    const auto at = text.find(name);
    const auto begin = at == text.npos ? at : text.find_first_of("'\"", at + name.size() + 1);
    const auto end = begin == text.npos ? begin : text.find(text[begin], begin + 1);
    if (end == text.npos) return "";
    auto module = text.substr(begin + 1, end - begin - 1);
    const bool plain = !module.empty() && module.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                                                   "XYZ0123456789_.") == module.npos;
    return plain && module.front() != '.' ? module : "";
}

// Flask's scripts have that name, too.
bool is_django(Folder& folder) { return folder.text("manage.py").find("django") != std::string::npos; }

constexpr std::string_view with_packages[] = {"pyproject.toml", "setup.py",         "setup.cfg",
                                              "Pipfile",        "requirements.txt", "requirements/base.txt"};

bool names_packages(const Folder& folder) {
    return std::any_of(std::begin(with_packages), std::end(with_packages),
                       [&](std::string_view name) { return folder.has(name); });
}

// backend/manage.py is a part of the project above it, where that has the requirements and the folder has none.
bool is_managed_above(Folder& folder) {
    if (folder.is_root() || names_packages(folder)) return false;
    auto outer = folder.path();
    while (!outer.empty()) {
        outer = folder_of(outer);
        auto above = folder.above(outer);
        for (const auto name : with_packages)
            if (mentions(lower(above.text(name)), "django")) return true;
    }
    return false;
}

// The nearest manage.py of Django's that is no component of its own.
std::string manage_of(Folder& folder) {
    if (folder.has("manage.py")) return "manage.py";
    auto names = folder.sources({"/manage.py"});
    std::erase_if(names, [&](const std::string& name) {
        const auto path = folder.path().empty() ? folder_of(name) : folder.path() + "/" + folder_of(name);
        auto own = folder.above(path);
        return !is_django(own) || names_packages(own);
    });
    const auto nearest = std::min_element(names.begin(), names.end(), [](const auto& a, const auto& b) {
        return std::count(a.begin(), a.end(), '/') < std::count(b.begin(), b.end(), '/');
    });
    return nearest == names.end() ? "" : *nearest;
}

std::string framework_of(const Python& python) {
    for (const auto* name :
         {"django", "fastapi", "flask", "starlette", "litestar", "quart", "sanic", "aiohttp", "falcon", "bottle"})
        if (python.asks_for(name)) return name;
    return is_django(python.folder) ? "django" : "";
}

void add_services(Python& python) {
    struct Row {
        std::string_view package, service;
    };
    constexpr Row rows[] = {{"psycopg", "postgresql"}, {"psycopg2", "postgresql"}, {"psycopg2-binary", "postgresql"},
                            {"asyncpg", "postgresql"}, {"redis", "redis"},         {"django-redis", "redis"},
                            {"rq", "redis"},           {"mysqlclient", "mysql"},   {"pymysql", "mysql"},
                            {"pymongo", "mongodb"},    {"motor", "mongodb"},       {"pika", "rabbitmq"}};
    for (const auto& [package, service] : rows)
        if (python.asks_for(package) && !contains(python.component.services, service))
            python.component.services.emplace_back(service);
}

void lint_python(Python& python) {
    const auto& folder = python.folder;
    const bool ruff =
        folder.has("ruff.toml") || folder.has(".ruff.toml") || !at(python.project, "/tool/ruff").is_null();
    if (!python.asks_for("ruff") && !python.asks_for("flake8")) return;
    if (ruff && python.asks_for("ruff"))
        python.component.lint = step("lint", {{python.bin + "ruff", "check", "."}}, "ruff's configuration");
    else if (python.asks_for("flake8") &&
             (folder.has(".flake8") || mentions(python.folder.text("setup.cfg"), "flake8")))
        python.component.lint = step("lint", {{python.bin + "flake8"}}, "flake8's configuration");
}

// A setup.cfg, app.py or main.py alone makes a component of the root only.
bool is_component(Folder& folder) {
    if (!folder.first({"pyproject.toml", "setup.py", "Pipfile"}).empty()) return true;
    if (is_django(folder)) return !is_managed_above(folder);
    const auto sources = folder.sources({".py"});
    if (sources.empty()) return false;
    if (folder.has("requirements.txt")) return true;
    const bool other = !folder.first({"package.json", "go.mod", "Cargo.toml", "pom.xml", "CMakeLists.txt"}).empty();
    return folder.is_root() && !other;
}

// pyproject.toml that only configures tools (ruff, black) says nothing about a project of Python's.
bool only_tools(Python& python) {
    const auto& folder = python.folder;
    return folder.has("pyproject.toml") && !python.project.contains("project") &&
           !python.project.contains("build-system") && at(python.project, "/tool/poetry").is_null() &&
           python.requires_files.empty() &&
           folder.first({"setup.py", "setup.cfg", "manage.py", "Pipfile", "app.py", "main.py", "uv.lock"}).empty() &&
           folder.sources({".py"}).empty();
}

}

bool describe_python(Folder& folder, Component& component) {
    if (!is_component(folder)) return false;
    Python python{folder, component};
    python.project = folder.toml("pyproject.toml");
    if (!python.project.is_object()) python.project = Json::object();
    // The root of a uv workspace that is no project itself holds others that are.
    if (!at(python.project, "/tool/uv/workspace").is_null() && !python.project.contains("project")) return false;
    read_python(python);
    if (only_tools(python)) return false;
    component.framework = framework_of(python);
    python.manage = component.framework == "django" ? manage_of(folder) : "";
    component.runtime = runtime_of(python);
    component.version = version_of(python);
    component.packages = python.packages;
    component.lists_packages = at(python.project, "/project/dependencies").is_array();
    if (python.has_manage()) component.settings = django_settings(python);
    choose_runner(python);
    install_python(python);
    test_python(python);
    lint_python(python);
    serve_python(python);
    prepare_python(python);
    add_services(python);
    component.ignored.insert(component.ignored.end(), {"__pycache__/", python.up + ".venv/"});
    return true;
}

}
