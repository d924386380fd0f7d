// Which runner is the project's own, and the flags by which it writes what gate reads.
#include "base/path.h"
#include "base/text.h"
#include "init/recognise/python_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

constexpr const char* coverage = "reports/coverage.xml";

bool is_test_file(std::string_view path) {
    const auto name = path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1);
    return name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py") || name == "tests.py");
}

std::vector<std::string> test_files(const Folder& folder) {
    auto names = folder.below();
    std::erase_if(names,
                  [](const auto& name) { return !is_test_file(name) || name.find("node_modules/") != name.npos; });
    return names;
}

std::string pytest_configuration(Python& python) {
    auto& folder = python.folder;
    if (folder.has("pytest.ini")) return "pytest.ini";
    if (folder.has(".pytest.ini")) return ".pytest.ini";
    if (!at(python.project, "/tool/pytest").is_null()) return "pyproject.toml: tool.pytest";
    if (folder.text("setup.cfg").find("[tool:pytest]") != std::string::npos) return "setup.cfg: tool:pytest";
    if (folder.text("tox.ini").find("[pytest]") != std::string::npos) return "tox.ini: pytest";
    return folder.first({"conftest.py", "tests/conftest.py", "test/conftest.py"});
}

bool measures_coverage(Python& python) { // what is to be measured is the project's own word
    return python.folder.has(".coveragerc") || !at(python.project, "/tool/coverage/run").is_null() ||
           python.folder.text("setup.cfg").find("[coverage:run]") != std::string::npos;
}

// addopts of pytest's own configuration, wherever it stands.
std::string own_options(Python& python) {
    auto& folder = python.folder;
    std::string text;
    for (const auto* name : {"pytest.ini", ".pytest.ini", "setup.cfg", "tox.ini"}) {
        const auto whole = folder.text(name);
        const auto at = whole.find("addopts");
        if (at == whole.npos) continue;
        auto end = at; // with the lines that are indented below it
        do end = whole.find('\n', end + 1);
        while (end != whole.npos && end + 1 < whole.size() && (whole[end + 1] == ' ' || whole[end + 1] == '\t'));
        text += whole.substr(at, end - at) + " ";
    }
    const auto own = at(python.project, "/tool/pytest/ini_options/addopts");
    if (own.is_string()) text += own.get<std::string>();
    return text + join(texts_of(own), " ");
}

// A floor that the project's own run doesn't ask for, because it measures nothing, would make ours red.
bool has_floor(Python& python) {
    return !at(python.project, "/tool/coverage/report/fail_under").is_null() ||
           python.folder.text(".coveragerc").find("fail_under") != std::string::npos ||
           python.folder.text("setup.cfg").find("fail_under") != std::string::npos;
}

// What the project's own options measure stays what is measured.
std::vector<std::string> report_flags(Python& python) {
    std::vector<std::string> flags = {std::string("--junitxml=") + junit_report};
    const bool own = own_options(python).find("--cov") != std::string::npos;
    if (!own) flags.emplace_back(measures_coverage(python) ? "--cov" : "--cov=.");
    flags.push_back(std::string("--cov-report=xml:") + coverage);
    if (!own && has_floor(python)) flags.emplace_back("--cov-fail-under=0");
    return flags;
}

void set_evidence(Component& component) {
    component.evidence = {{"tests", junit_report}, {"coverage", coverage}};
    component.ignored.insert(component.ignored.end(), {"reports/", ".coverage"});
}

void by_pytest(Python& python, const std::string& because) {
    std::vector<std::string> words = {python.bin + "python", "-m", "pytest"};
    const auto flags = report_flags(python);
    words.insert(words.end(), flags.begin(), flags.end());
    python.component.test = step("test", {words}, because);
    set_evidence(python.component);
}

// tox 4 and nox make the environment themselves; pytest in it takes its flags from the variable.
void by_environments(Python& python, const std::string& tool, const char* pinned, std::vector<std::string> words) {
    words.insert(words.begin(), ".fairlead/tools/" + tool + "/bin/" + tool);
    auto& component = python.component;
    component.install =
        step("install",
             {{"python3", "-m", "venv", ".fairlead/tools/" + tool},
              {".fairlead/tools/" + tool + "/bin/pip", "install", "--disable-pip-version-check", pinned}},
             tool == "tox" ? "tox.ini" : "noxfile.py");
    component.test = step("test", {std::move(words)}, tool == "tox" ? "tox.ini" : "noxfile.py");
    component.test->variables = {{"PYTEST_ADDOPTS", std::string("--junitxml=") + junit_report}};
    component.evidence = {{"tests", junit_report}};
    component.ignored.insert(component.ignored.end(), {"reports/", ".fairlead/tools/", "." + tool + "/"});
    python.folder.doubt(fmt::format("{} runs the tests, so no coverage is measured for gate; add pytest-cov to its "
                                    "environment and --cov-report=xml:{} to its command",
                                    tool, coverage));
}

bool by_tox(Python& python) {
    const auto ini = python.folder.text("tox.ini");
    if (!mentions(ini, "pytest")) return false;
    by_environments(python, "tox", "tox==4.67.15", {"run", "-e", "py", "-x", "testenv.pass_env+=PYTEST_ADDOPTS"});
    return true;
}

bool by_nox(Python& python) {
    const auto source = python.folder.text("noxfile.py");
    if (!mentions(source, "pytest")) return false;
    for (const std::string session : {"tests", "test", "unit"})
        if (source.find("def " + session + "(") != source.npos) {
            by_environments(python, "nox", "nox==2026.10.20", {"-s", session});
            return true;
        }
    return false;
}

// A report of coverage is wanted of failing tests, too.
std::vector<std::string> measured(const Python& python, const std::vector<std::string>& tests) {
    const auto program = python.bin + "python";
    std::vector<std::string> words = {
        "sh",
        "-c",
        fmt::format("\"$@\"; status=$?; {} -m coverage xml -o {}; exit \"$status\"", program, coverage),
        "sh",
        program,
        "-m",
        "coverage",
        "run",
        "--source=."};
    words.insert(words.end(), tests.begin(), tests.end());
    return words;
}

void by_django(Python& python) {
    auto& component = python.component;
    const auto manage = python.manage.empty() ? std::string("manage.py") : python.manage;
    std::vector<std::string> words = {manage, "test", "--noinput", "--testrunner",
                                      "xmlrunner.extra.djangotestrunner.XMLTestRunner"};
    if (const auto folder = folder_of(manage); !folder.empty()) words.push_back(folder); // where the tests are
    component.test =
        step("test", {{"find", ".", "-maxdepth", "1", "-name", "TEST-*.xml", "-delete"}, measured(python, words)},
             manage + " test");
    component.evidence = {{"tests", "TEST-*.xml"}, {"coverage", coverage}};
    component.ignored.insert(component.ignored.end(), {"reports/", "TEST-*.xml", ".coverage"});
}

void by_unittest(Python& python) {
    std::vector<std::string> words = {"-m", "xmlrunner", "discover"};
    for (const auto* folder : {"tests", "test"})
        if (!python.folder.below(folder).empty()) {
            words.insert(words.end(), {"-s", folder});
            if (python.folder.has(std::string(folder) + "/__init__.py")) words.insert(words.end(), {"-t", "."});
            break;
        }
    words.insert(words.end(), {"--output-file", junit_report});
    python.component.test =
        step("test", {{"mkdir", "-p", "reports"}, measured(python, words)}, "tests that import unittest");
    set_evidence(python.component);
}

bool imports(Python& python, const std::vector<std::string>& files, std::string_view module) {
    constexpr std::size_t most = 50;
    for (std::size_t i = 0; i < std::min(files.size(), most); ++i) {
        const auto text = python.folder.text(files[i]);
        if (text.find(fmt::format("import {}", module)) != text.npos ||
            text.find(fmt::format("from {} import", module)) != text.npos)
            return true;
    }
    return false;
}

}

void choose_runner(Python& python) {
    auto& folder = python.folder;
    const auto configuration = pytest_configuration(python);
    const auto files = test_files(folder);
    const bool pytest = python.asks_for("pytest") || python.asks_for("pytest-django") || !configuration.empty();
    const bool nothing = files.empty() && configuration.empty();
    if ((folder.has("manage.py") || python.has_manage()) && !pytest)
        python.runner = files.empty() ? Runner::none : Runner::django;
    else if (nothing)
        python.runner = Runner::none;
    // Where only tox or nox knows what the tests need, theirs is the way.
    else if (!python.asks_for("pytest") && mentions(folder.text("tox.ini"), "pytest"))
        python.runner = Runner::tox;
    else if (!python.asks_for("pytest") && mentions(folder.text("noxfile.py"), "pytest"))
        python.runner = Runner::nox;
    else if (pytest || imports(python, files, "pytest") || !imports(python, files, "unittest"))
        python.runner = Runner::pytest;
    else
        python.runner = Runner::unittest;
    python.because = !configuration.empty()      ? configuration
                     : python.asks_for("pytest") ? "pytest in its packages"
                                                 : "tests";
    const auto bring = [&](std::initializer_list<const char*> names) {
        for (const auto* name : names)
            if (!python.asks_for(name)) python.brought.emplace_back(name);
    };
    if (python.runner == Runner::pytest) bring({"pytest", "pytest-cov"});
    if (python.runner == Runner::django || python.runner == Runner::unittest)
        bring({"unittest-xml-reporting", "coverage"});
}

void test_python(Python& python) {
    switch (python.runner) {
    case Runner::none:
        python.folder.doubt("no tests were found (tests/, test_*.py, pytest's configuration); gate has nothing to "
                            "judge until there are tests: then run init again");
        return;
    case Runner::django: return by_django(python);
    case Runner::unittest: return by_unittest(python);
    case Runner::tox:
        if (by_tox(python)) return;
        break;
    case Runner::nox:
        if (by_nox(python)) return;
        break;
    case Runner::pytest: break;
    }
    by_pytest(python, python.because);
}

}
