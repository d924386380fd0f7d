// What a release of a Python project needs before it serves: its packages, its database, its static files.
#include "base/path.h"
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

bool is_for_developers(std::string_view file) {
    for (const auto* word : {"dev", "test", "tests", "testing", "development", "local", "ci"})
        if (mentions(replace_all(replace_all(file, "-", "."), "_", "."), word)) return true;
    return false;
}

bool has_migrations(const Folder& folder) {
    const auto names = folder.below();
    return std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return ("/" + name).find("/migrations/") != std::string::npos && name.ends_with(".py");
    });
}

// The one folder of migrations of Flask-Migrate that isn't at its usual place; else nothing.
std::string only_elsewhere(const Folder& folder, const std::string& usual) {
    std::string found;
    for (const auto& name : folder.below()) {
        if (file_name(name) != "env.py" || file_name(folder_of(name)) != "migrations") continue;
        if (folder_of(name) == usual || !found.empty()) return "";
        found = folder_of(name);
    }
    return found;
}

// What the database and the static files need before the new release answers; each does nothing when nothing is
// new.
void add_migrations(Python& python, std::vector<std::vector<std::string>>& commands) {
    auto& folder = python.folder;
    const auto program = python.bin + "python";
    if (python.has_manage()) {
        if (has_migrations(folder) || python.asks_for("django"))
            commands.push_back({program, python.manage, "migrate", "--noinput"});
        for (const auto& name : folder.sources({"settings.py", "settings/base.py", "settings/common.py"}))
            if (folder.text(name).find("\nSTATIC_ROOT") != std::string::npos) {
                commands.push_back({program, python.manage, "collectstatic", "--noinput"});
                break;
            }
        return;
    }
    const auto start = starts_in(python.component.serve);
    const auto from = [&](const std::string& name) { return start.empty() ? name : start + "/" + name; };
    if (python.asks_for("flask-migrate") && has_migrations(folder)) {
        const auto& words = python.component.serve;
        const auto target = std::find_if(words.rbegin(), words.rend(), [](const std::string& word) {
            return word.find(':') != word.npos && word.find_first_of("/{=") == word.npos;
        });
        std::vector<std::string> upgrade = {python.bin + "flask"};
        if (target != words.rend()) upgrade.insert(upgrade.end(), {"--app", *target});
        upgrade.insert(upgrade.end(), {"db", "upgrade"});
        if (const auto elsewhere = only_elsewhere(folder, from("migrations")); !elsewhere.empty())
            upgrade.insert(
                upgrade.end(),
                {"--directory",
                 std::filesystem::path(elsewhere).lexically_relative(start.empty() ? "." : start).generic_string()});
        commands.push_back(started_in(upgrade, start));
    } else if (python.asks_for("alembic") && folder.has("alembic.ini")) {
        commands.push_back({python.bin + "alembic", "upgrade", "head"});
    } else if (python.asks_for("alembic") && folder.has(from("alembic.ini"))) {
        commands.push_back(started_in({python.bin + "alembic", "upgrade", "head"}, start));
    }
}

}

// As install, less what only tests and developers need, and with the server.
void prepare_python(Python& python) {
    auto& component = python.component;
    if (component.serve.empty() || !component.install) return;
    auto commands = component.install->commands;
    std::vector<std::string> serve;
    if (component.manager == "uv") {
        commands.resize(2);
        commands.push_back({tool_bin("uv") + "uv", "sync", "--locked", "--no-dev"});
        serve = {tool_bin("uv") + "uv", "pip", "install", python.server};
    } else if (component.manager == "poetry") {
        commands.resize(2);
        commands.push_back({tool_bin("poetry") + "poetry", "install", "--no-interaction", "--only", "main"});
        serve = {tool_bin("poetry") + "poetry", "run", "python", "-m", "pip", "install", python.server};
    } else if (component.manager == "pip") {
        std::vector<std::string> words = {".venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check"};
        for (const auto& name : python.requires_files)
            if (!is_for_developers(name)) words.insert(words.end(), {"-r", name});
        if (python.installable) words.emplace_back(".");
        if (!python.server.empty()) words.push_back(python.server);
        if (words.size() == 5) return; // it asks for nothing
        commands = {{"python3", "-m", "venv", ".venv"}, words};
    } else {
        return;
    }
    if (!serve.empty() && !python.server.empty()) commands.push_back(serve);
    add_migrations(python, commands);
    component.prepare = step("prepare", commands, component.install->because);
    component.prepare->variables = component.install->variables;
}
}
