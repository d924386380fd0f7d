// What a project of Python's asks for, and how that is installed: pip, uv, poetry.
#include "base/printable.h"
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

constexpr const char* uv = "uv==0.13.9"; // the managers that a project names, in an environment of their own
constexpr const char* poetry = "poetry==2.5.1";
constexpr const char* pdm = "pdm==2.29.4";
constexpr const char* pipenv = "pipenv==2026.10.3";

// "Flask[async] >= 2 ; python_version > '3'" is flask.
std::string package_of(std::string_view requirement) {
    requirement = trim(requirement);
    const auto end = requirement.find_first_of(" \t[<>=!~;@(,#");
    return replace_all(lower(trim(requirement.substr(0, end))), "_", "-");
}

void add_packages(Python& python, const std::vector<std::string>& requirements) {
    for (const auto& requirement : requirements) {
        auto name = package_of(requirement);
        if (requirement.find("[standard") != requirement.npos && name == "fastapi")
            python.packages.emplace_back("uvicorn");
        if (!name.empty() && name.front() != '-' && !contains(python.packages, name))
            python.packages.push_back(std::move(name));
    }
}

bool is_for_tests(std::string_view name) {
    constexpr std::string_view names[] = {"test", "tests", "testing", "dev", "develop", "development", "all"};
    return std::find(std::begin(names), std::end(names), lower(name)) != std::end(names);
}

// The group of tests where there is one, else of developers.
void keep_best(std::vector<std::string>& groups) {
    for (const auto* best : {"tests", "test", "testing", "dev", "develop", "development", "all"})
        if (contains(groups, best)) {
            groups = {best};
            return;
        }
}

void read_groups(Python& python, const Json& groups, std::vector<std::string>& wanted) {
    if (!groups.is_object()) return;
    std::vector<std::string> testing; // whatever they are called
    for (const auto& entry : groups.items()) {
        const auto packages = texts_of(entry.value());
        add_packages(python, packages);
        if (is_for_tests(entry.key())) wanted.push_back(entry.key());
        if (std::any_of(packages.begin(), packages.end(), [](const auto& one) { return package_of(one) == "pytest"; }))
            testing.push_back(entry.key());
    }
    keep_best(wanted);
    if (testing.empty() ||
        std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) { return contains(testing, name); }))
        return;
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (testing.front().find_first_not_of(plain) == std::string::npos)
        wanted.push_back(testing.front());
    else
        python.folder.doubt(fmt::format("the group '{}' of pyproject.toml holds pytest, but no tool can install a "
                                        "group of that name; rename the group",
                                        one_line(testing.front())));
}

// What only hatch's environments hold; whoever installs by pip brings it.
void read_hatch(Python& python) {
    for (const auto* environment : {"default", "test", "tests", "hatch-test"})
        for (const auto* key : {"dependencies", "extra-dependencies"}) {
            const auto list = texts_of(at(python.project, std::string("/tool/hatch/envs/") + environment + "/" + key));
            add_packages(python, list);
            for (const auto& one : list)
                if (std::find(python.brought.begin(), python.brought.end(), one) == python.brought.end())
                    python.brought.push_back(one);
        }
}

void read_keys(Python& python, const Json& table) { // poetry: names are keys
    if (!table.is_object()) return;
    std::vector<std::string> names;
    for (const auto& entry : table.items()) names.push_back(entry.key());
    add_packages(python, names);
}

void read_poetry(Python& python) {
    read_keys(python, at(python.project, "/tool/poetry/dependencies"));
    read_keys(python, at(python.project, "/tool/poetry/dev-dependencies"));
    const auto groups = at(python.project, "/tool/poetry/group"), extras = at(python.project, "/tool/poetry/extras");
    if (groups.is_object())
        for (const auto& entry : groups.items()) {
            read_keys(python, at(entry.value(), "/dependencies"));
            const bool optional = at(entry.value(), "/optional") == Json(true);
            if (optional && is_for_tests(entry.key())) python.groups.push_back(entry.key());
        }
    if (extras.is_object())
        for (const auto& entry : extras.items())
            if (is_for_tests(entry.key())) python.extras.push_back(entry.key());
}

// setup.cfg: the lines that are indented below a key.
std::vector<std::string> lines_below(const std::string& text, std::string_view key) {
    std::vector<std::string> found;
    bool within = false;
    for (const auto& line : split(text, '\n')) {
        const bool indented = line.starts_with(' ') || line.starts_with('\t');
        const auto plain = trim(std::string_view(line));
        if (!indented && !plain.empty()) within = trim(plain.substr(0, plain.find('='))) == key;
        if (indented && within && !plain.empty() && !plain.starts_with('#')) found.emplace_back(plain);
    }
    return found;
}

// The literals of setup.py: nobody's program is run to learn what it asks for.
void read_setup_py(Python& python) {
    const auto text = python.folder.text("setup.py");
    const auto extras = text.find("extras_require");
    for (const char quote : {'"', '\''}) {
        const auto parts = split(text, quote);
        std::size_t position = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i % 2 == 1 && parts[i].size() < 80 && parts[i].find('\n') == std::string::npos) {
                const auto behind =
                    trim(std::string_view(text).substr(std::min(position + parts[i].size() + 1, text.size())));
                const bool key = behind.starts_with(':');
                if (key && extras != text.npos && position > extras && is_for_tests(parts[i]) &&
                    !contains(python.extras, parts[i]))
                    python.extras.push_back(parts[i]);
                if (!key) add_packages(python, {parts[i]});
            }
            position += parts[i].size() + 1;
        }
    }
    keep_best(python.extras);
}

void read_setup(Python& python) {
    auto& folder = python.folder;
    const auto cfg = folder.text("setup.cfg");
    add_packages(python, lines_below(cfg, "install_requires"));
    add_packages(python, lines_below(cfg, "tests_require"));
    if (const auto section = cfg.find("[options.extras_require]"); section != cfg.npos) {
        const auto rest = cfg.substr(section + 24);
        const auto extras = rest.substr(0, rest.find("\n["));
        for (const auto& line : split(extras, '\n')) {
            const auto name = trim(std::string_view(line).substr(0, line.find('=')));
            if (!line.starts_with(' ') && !line.starts_with('\t') && line.find('=') != line.npos && is_for_tests(name))
                python.extras.emplace_back(name);
            else
                add_packages(python, {line});
        }
        keep_best(python.extras);
    }
    if (folder.has("setup.py")) read_setup_py(python);
}

bool is_requirements_file(std::string_view name) {
    if (!name.ends_with(".txt")) return false;
    constexpr std::string_view names[] = {"requirements.txt",
                                          "requirements-dev.txt",
                                          "requirements_dev.txt",
                                          "dev-requirements.txt",
                                          "requirements-test.txt",
                                          "requirements_test.txt",
                                          "test-requirements.txt",
                                          "requirements-tests.txt",
                                          "dev_requirements.txt",
                                          "test_requirements.txt",
                                          "requirements.dev.txt",
                                          "requirements.test.txt",
                                          "requirements/base.txt",
                                          "requirements/dev.txt",
                                          "requirements/tests.txt",
                                          "requirements/test.txt",
                                          "requirements/testing.txt",
                                          "requirements/requirements.txt",
                                          "requirements/development.txt",
                                          "requirements/local.txt",
                                          "requirements/ci.txt"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

void read_requirements(Python& python) {
    auto& folder = python.folder;
    auto names = folder.below("requirements");
    for (const auto& name : folder.below())
        if (name.find('/') == name.npos) names.push_back(name);
    for (const auto& name : names)
        if (is_requirements_file(name)) {
            python.requires_files.push_back(name);
            add_packages(python, lines_of(folder.text(name)));
        }
    // requirements/dev.txt and its like hold the others, or stand beside requirements.txt.
    std::sort(python.requires_files.begin(), python.requires_files.end(), [](const auto& a, const auto& b) {
        return (a == "requirements.txt") > (b == "requirements.txt") ||
               (a != "requirements.txt" && b != "requirements.txt" && a < b);
    });
}

std::vector<std::string> tool_environment(const std::string& tool) { // .fairlead/tools/uv
    return {"python3", "-m", "venv", ".fairlead/tools/" + tool};
}
void install_with_tool(Python& python, const std::string& tool, const char* pinned, std::vector<std::string> sync,
                       const std::string& because) {
    const auto program = tool_bin(tool) + tool;
    sync.insert(sync.begin(), program);
    python.component.manager = tool;
    python.component.install =
        step("install",
             {tool_environment(tool), {tool_bin(tool) + "pip", "install", "--disable-pip-version-check", pinned}, sync},
             because);
    python.component.ignored.push_back(".fairlead/tools/");
}

// Above it lies a uv.lock of a workspace that it belongs to: uv finds that itself.
std::string workspace_above(const Python& python) {
    std::string outer = python.folder.path(), up;
    while (!outer.empty()) {
        outer.erase(outer.rfind('/') == outer.npos ? 0 : outer.rfind('/'));
        up += "../";
        auto above = python.folder.above(outer);
        if (!above.has("uv.lock") || !above.has("pyproject.toml")) continue;
        for (const auto& glob : texts_of(at(above.toml("pyproject.toml"), "/tool/uv/workspace/members")))
            if (glob_match(glob, python.folder.path().substr(outer.empty() ? 0 : outer.size() + 1))) return up;
    }
    return "";
}

void install_by_uv(Python& python) {
    std::vector<std::string> sync = {"sync", "--locked"};
    for (const auto& extra : python.extras) sync.insert(sync.end(), {"--extra", extra});
    for (const auto& group : python.groups) sync.insert(sync.end(), {"--group", group});
    install_with_tool(python, "uv", uv, sync, "uv.lock");
    if (const auto& wanted = python.brought; !wanted.empty()) {
        std::vector<std::string> add = {tool_bin("uv") + "uv", "pip", "install"};
        add.insert(add.end(), wanted.begin(), wanted.end());
        python.component.install->commands.push_back(add);
    }
    python.bin = python.up + ".venv/bin/"; // uv's own place
}

void install_by_poetry(Python& python) {
    std::vector<std::string> sync = {"install", "--no-interaction"};
    for (const auto& extra : python.extras) sync.insert(sync.end(), {"--extras", extra});
    for (const auto& group : python.groups) sync.insert(sync.end(), {"--with", group});
    install_with_tool(python, "poetry", poetry, sync,
                      python.folder.has("poetry.lock") ? "poetry.lock" : "pyproject.toml: tool.poetry");
    auto& install = *python.component.install;
    install.variables = {{"POETRY_VIRTUALENVS_IN_PROJECT", "true"}};
    if (const auto& wanted = python.brought; !wanted.empty()) {
        std::vector<std::string> add = {tool_bin("poetry") + "poetry", "run", "python", "-m", "pip", "install"};
        add.insert(add.end(), wanted.begin(), wanted.end());
        install.commands.push_back(add);
    }
    python.bin = ".venv/bin/";
}

void install_by_pip(Python& python) {
    std::vector<std::string> words = {".venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check"};
    std::vector<std::vector<std::string>> commands = {{"python3", "-m", "venv", ".venv"}};
    std::vector<std::string> told;
    for (const auto& name : python.requires_files) {
        words.insert(words.end(), {"-r", name});
        told.push_back(name);
    }
    if (python.installable) {
        words.insert(words.end(), {"-e", python.extras.empty() ? "." : ".[" + join(python.extras, ",") + "]"});
        told.push_back(python.folder.has("pyproject.toml") ? "pyproject.toml" : "setup.py");
    }
    if (!python.groups.empty()) { // dependency groups (PEP 735) are known from pip 25.1 on
        commands.push_back(
            {".venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--upgrade", "pip"});
        for (const auto& group : python.groups) words.insert(words.end(), {"--group", group});
    }
    words.insert(words.end(), python.brought.begin(), python.brought.end());
    commands.push_back(words);
    python.component.manager = "pip";
    python.component.install = step("install", commands, told.empty() ? "Python sources" : join(told, ", "));
    python.bin = ".venv/bin/";
}

void tell_locks(Python& python) {
    std::vector<std::string> locks;
    for (const auto* lock : {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"})
        if (python.folder.has(lock)) locks.emplace_back(lock);
    if (locks.size() > 1)
        python.folder.doubt("there are several lock files (" + join(locks, ", ") + "), and " + locks.front() +
                            " is used; delete the other lock files");
}

}

std::string tool_bin(const std::string& tool) { return ".fairlead/tools/" + tool + "/bin/"; }

void read_python(Python& python) {
    read_requirements(python);
    add_packages(python, texts_of(at(python.project, "/project/dependencies")));
    read_groups(python, at(python.project, "/project/optional-dependencies"), python.extras);
    read_groups(python, at(python.project, "/dependency-groups"), python.groups);
    read_hatch(python);
    read_poetry(python);
    read_setup(python);
    const auto pipfile = python.folder.toml("Pipfile");
    read_keys(python, at(pipfile, "/packages"));
    read_keys(python, at(pipfile, "/dev-packages"));
    python.installable =
        python.folder.has("setup.py") || python.project.contains("build-system") ||
        (python.folder.has("setup.cfg") && mentions(python.folder.text("setup.cfg"), "install_requires")) ||
        (python.project.contains("project") && at(python.project, "/tool/uv/package") != Json(false));
}

void install_python(Python& python) {
    tell_locks(python);
    const auto& folder = python.folder;
    python.up = folder.has("uv.lock") ? "" : workspace_above(python);
    if (folder.has("uv.lock") || !python.up.empty())
        install_by_uv(python);
    else if (folder.has("poetry.lock") || !at(python.project, "/tool/poetry").is_null())
        install_by_poetry(python);
    else if (folder.has("pdm.lock")) {
        install_with_tool(python, "pdm", pdm, {"sync", "--dev"}, "pdm.lock");
        python.bin = ".venv/bin/";
    } else if (folder.has("Pipfile") && python.requires_files.empty()) {
        install_with_tool(python, "pipenv", pipenv,
                          folder.has("Pipfile.lock") ? std::vector<std::string>{"sync", "--dev"}
                                                     : std::vector<std::string>{"install", "--dev"},
                          "Pipfile");
        python.component.install->variables = {{"PIPENV_VENV_IN_PROJECT", "1"}};
        python.bin = ".venv/bin/";
    } else
        install_by_pip(python);
}

}
