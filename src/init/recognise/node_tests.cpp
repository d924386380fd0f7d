// package.json's test script, and the flags by which its runner writes what gate reads.
#include "base/text.h"
#include "init/recognise/node_parts.h"
#include "init/recognise/runs/reporters.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

constexpr const char* lcov = "reports/coverage/lcov.info";
constexpr const char* jest_junit = "jest-junit@17.0.0"; // for a project that has none of its own

struct Command {                     // one of a script's, between && and ;
    std::vector<std::string> before; // NAME=value, cross-env
    std::vector<std::string> words;
    std::string text;
    bool last = false;
};

std::vector<Command> commands_of(const std::string& script) {
    std::vector<Command> commands;
    for (const auto& part : split(replace_all(script, ";", "&&"), '&')) {
        Command command;
        command.text = trim(std::string_view(part));
        for (auto& word : words_of(part)) {
            const bool variable =
                command.words.empty() && word.find('=') != word.npos && word.find('/') > word.find('=');
            const bool prefix = command.words.empty() && (word == "cross-env" || word == "npx" || word == "env" ||
                                                          word == "dotenv" || word == "yarn" || word == "exec");
            (variable || prefix ? command.before : command.words).push_back(std::move(word));
        }
        if (!command.text.empty()) commands.push_back(std::move(command));
    }
    if (!commands.empty()) commands.back().last = true;
    return commands;
}

// How a runner is told to write JUnit, and lcov where the project has what measures.
struct Told {
    std::vector<std::string> flags;
    bool coverage = false;
    std::vector<std::pair<std::string, std::string>> variables = {};
    std::string brought = {}; // a package by npx
    bool prefix = false;      // the flags belong before the runner's own arguments
    // What of the script they replace: options with a value, and without. The reporters of `reporter` stay beside ours.
    std::vector<std::string_view> replaces = {}, switches = {};
    std::string_view reporter = {};
};

// A threshold that the project's own run doesn't ask for would make our run red.
bool demands_coverage(const Node& node, const Command& command, std::string_view word) {
    const bool measures = command.text.find("coverage") != std::string::npos;
    if (measures) return false;
    if (!at(node.package, "/jest/" + std::string(word)).is_null()) return true;
    auto quiet = node.folder;
    for (const auto& name : quiet.below())
        if (name.find('/') == name.npos && (name.starts_with("jest.config") || name.starts_with("vite")) &&
            quiet.text(name).find(word) != std::string::npos)
            return true;
    return false;
}

Told tell_vitest(const Node& node, const Command& command) {
    Told told{{"--run", "--reporter=default", "--reporter=junit", std::string("--outputFile.junit=") + junit_report}};
    told.replaces = {"--reporter", "--outputFile", "--outputFile.junit"};
    told.switches = {"--watch", "-w", "--ui"};
    told.reporter = "--reporter";
    told.coverage = (node.asks_for("@vitest/coverage-v8") || node.asks_for("@vitest/coverage-istanbul")) &&
                    !demands_coverage(node, command, "thresholds");
    if (told.coverage)
        told.flags.insert(told.flags.end(), {"--coverage.enabled", "--coverage.reporter=lcovonly",
                                             "--coverage.reportsDirectory=reports/coverage"});
    return told;
}

Told tell_jest(const Node& node, const Command& command) {
    const bool measured = !demands_coverage(node, command, "coverageThreshold") &&
                          find_word(command.text, "--no-coverage") == std::string::npos &&
                          find_word(command.text, "--coverage=false") == std::string::npos;
    Told told{{"--ci", "--reporters=default", "--reporters=jest-junit"}, measured};
    if (measured)
        told.flags.insert(told.flags.end(),
                          {"--coverage", "--coverageReporters=lcovonly", "--coverageDirectory=reports/coverage"});
    told.replaces = {"--reporters", "--coverageDirectory"};
    told.switches = {"--watch", "--watchAll"};
    told.reporter = "--reporters";
    told.variables = {{"CI", "true"},
                      {"JEST_JUNIT_OUTPUT_FILE", junit_report},
                      {"JEST_JUNIT_ADD_FILE_ATTRIBUTE", "true"},
                      {"JEST_JUNIT_REPORT_TEST_SUITE_ERRORS", "true"}};
    if (!node.asks_for("jest-junit")) told.brought = jest_junit;
    return told;
}

Told tell_mocha(const Node&, const Command&) {
    Told told{{"--reporter=xunit", std::string("--reporter-option=output=") + junit_report}};
    told.switches = {"--watch", "-w"}; // of two reporters mocha takes the last
    return told;
}

// The flags are those of with_node_reporters().
Told tell_node(const Node&, const Command&) { return {{"--test"}, true, {}, {}, true}; }

Told tell_tap(const Node& node, const Command&) {
    if (const auto version = node.version_of("tap"); version.find_first_of("0123456789") != version.npos &&
                                                     version.find('1') == version.find_first_of("0123456789") &&
                                                     version.substr(version.find('1'), 2) < "18")
        return {}; // earlier ones write one report only, to stdout
    Told told{{"--reporter=junit", std::string("--reporter-file=") + junit_report}};
    told.replaces = {"--reporter", "-R", "--reporter-file"};
    return told;
}

Told tell_playwright(const Node&, const Command&) {
    Told told{{"--reporter=junit"}, false, {{"PLAYWRIGHT_JUNIT_OUTPUT_NAME", junit_report}}};
    told.replaces = {"--reporter"};
    return told;
}

Told tell_nothing(const Node&, const Command&) { return {}; }

struct RunnerRow {
    std::string_view program;
    Told (*tell)(const Node& node, const Command& command);
};
constexpr RunnerRow runners[] = {
    {"vitest", tell_vitest},
    {"jest", tell_jest},
    {"react-scripts", tell_jest},
    {"react-app-rewired", tell_jest},
    {"craco", tell_jest},
    {"vue-cli-service", tell_jest},
    {"mocha", tell_mocha},
    {"_mocha", tell_mocha},
    {"node", tell_node},
    {"tsx", tell_node},
    {"tap", tell_tap},
    {"playwright", tell_playwright},
    {"ava", tell_nothing},
    {"tape", tell_nothing},
    {"uvu", tell_nothing},
    {"karma", tell_nothing},
    {"ng", tell_nothing},
    {"jasmine", tell_nothing},
    {"qunit", tell_nothing},
    {"bun", tell_nothing},
    {"deno", tell_nothing},
    {"borp", tell_nothing},
    {"cypress", tell_nothing},
    {"wtr", tell_nothing},
    {"lab", tell_nothing},
    {"c8", tell_nothing},
    {"nyc", tell_nothing},
};

const RunnerRow* runner_of(const Command& command) {
    auto words = command.words;
    // What measures stands before: c8 --reporter=lcov mocha ...
    if (!words.empty() && (words.front() == "c8" || words.front() == "nyc"))
        for (std::size_t i = 1; i < words.size(); ++i)
            if (!words[i].starts_with('-')) {
                words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            }
    if (words.empty()) return nullptr;
    auto program = words.front();
    program.erase(0, program.rfind('/') == program.npos ? 0 : program.rfind('/') + 1);
    if (program == "mocha.js") program = "mocha";
    if (program == "vitest.mjs") program = "vitest";
    if (program == "node") {
        if (std::find(words.begin(), words.end(), "--test") == words.end()) {
            // node --experimental-vm-modules node_modules/jest/bin/jest.js
            for (const auto& word : words)
                for (const auto* name : {"jest", "mocha", "vitest"})
                    if (word.ends_with(std::string("/") + name + ".js") || word.ends_with(std::string(".bin/") + name))
                        program = name;
            if (program == "node") return nullptr;
        }
    }
    if (program == "tsx" && find_word(command.text, "--test") == std::string::npos) return nullptr;
    if (program == "ng" && (words.size() < 2 || words[1] != "test")) return nullptr;
    for (const auto& row : runners)
        if (row.program == program) return &row;
    return nullptr;
}

std::vector<std::string> brought_by_npx(const Told& told, const std::vector<std::string>& words) {
    // npx puts the package's folder at the head of PATH; a runner finds modules there by NODE_PATH.
    std::vector<std::string> quoted = {
        "sh", "-c",
        fmt::format("NODE_PATH=\"$(npx --yes --package={} -- printenv PATH | cut -d: -f1)/..\" exec \"$@\"",
                    told.brought),
        "sh"};
    quoted.insert(quoted.end(), words.begin(), words.end());
    return quoted;
}

// The script that a script runs: npm run test:unit, yarn test:ci.
std::string script_behind(const Node& node, const Command& command) {
    const auto& words = command.words;
    if (words.empty()) return "";
    std::size_t at = 0;
    if (words[0] == "npm" || words[0] == "pnpm" || words[0] == "yarn") at = 1;
    if (at < words.size() && words[at] == "run") ++at;
    const bool called = at > 0 || contains(command.before, "yarn");
    if (!called || at >= words.size() || words.size() != at + 1) return "";
    return node.script(words[at]).empty() ? "" : words[at];
}

struct FoundRunner {
    std::string script;
    Command command;
    const RunnerRow* row = nullptr;
    bool many = false; // it runs scripts of other folders
};

// Runs scripts of other folders: flags given to it reach many runners or none.
bool fans_out(const Command& command) {
    constexpr std::string_view tools[] = {"turbo", "lerna", "nx", "wireit", "moon", "rush"};
    constexpr std::string_view options[] = {"-r", "--recursive", "-ws", "--workspaces", "workspaces", "--filter", "-F"};
    const auto is_tool = [&](std::string_view tool) { return !command.words.empty() && command.words.front() == tool; };
    if (std::any_of(std::begin(tools), std::end(tools), is_tool)) return true;
    return std::any_of(command.words.begin(), command.words.end(), [&](const std::string& word) {
        return word.starts_with("--filter=") ||
               std::find(std::begin(options), std::end(options), word) != std::end(options);
    });
}

FoundRunner find_runner(const Node& node, const std::string& name, int depth) {
    for (const auto& command : commands_of(node.script(name))) {
        if (fans_out(command)) return {name, command, nullptr, true};
        if (const auto* row = runner_of(command)) return {name, command, row};
        if (const auto inner = script_behind(node, command); !inner.empty() && depth < 3)
            if (auto found = find_runner(node, inner, depth + 1); found.row != nullptr || found.many) return found;
    }
    return {};
}

// test:spec, test-unit; not what needs a browser, a server or somebody who watches.
std::vector<std::string> unit_scripts(const Node& node) {
    constexpr std::string_view others[] = {"e2e",     "browser", "watch",    "ui",        "dev",
                                           "serve",   "build",   "types",    "typecheck", "lint",
                                           "install", "update",  "coverage", "debug",     "format"};
    std::vector<std::string> names;
    const auto scripts = at(node.package, "/scripts");
    if (!scripts.is_object()) return names;
    for (const auto& entry : scripts.items()) {
        const auto parts = split(replace_all(entry.key(), "-", ":"), ':');
        const bool other = std::any_of(std::begin(others), std::end(others),
                                       [&](std::string_view word) { return contains(parts, word); });
        if (parts.size() > 1 && parts.front() == "test" && !other) names.push_back(entry.key());
    }
    return names;
}

bool is_placeholder_script(const std::string& script) { return script.find("no test specified") != script.npos; }

void add_reports(Node& node, const Told& told, const std::string& junit, const std::string& coverage_file) {
    auto& component = node.component;
    component.evidence.push_back({"tests", junit});
    if (told.coverage) component.evidence.push_back({"coverage", coverage_file});
    component.ignored.push_back("reports/");
}

// With the programs of node_modules before the others, as npm runs a script.
std::vector<std::string> in_shell(const Node& node, const std::string& text) {
    std::string path = "$PWD/node_modules/.bin";
    if (!node.up.empty()) path += ":$PWD/" + node.up + "/node_modules/.bin";
    return {"sh", "-c", fmt::format("export PATH=\"{}:$PATH\"; {}", path, text)};
}

std::vector<std::string> by_shell_if_needed(const Node& node, const Command& command, const std::string& text) {
    if (!command.before.empty() || !text.starts_with("node ") || text.find("&&") != text.npos)
        return in_shell(node, text);
    return is_plain_command(text) ? words_of(text) : std::vector<std::string>{"sh", "-c", text};
}

// The whole script with its one command changed: what stands around it, a build say, is run as well.
std::string in_script(const Node& node, const FoundRunner& found, const std::string& changed) {
    auto whole = node.script(found.script);
    const auto at = whole.find(found.command.text);
    return at == whole.npos ? changed : whole.replace(at, found.command.text.size(), changed);
}

// The script's own command with our flags in place of those that would stand there twice; empty: none does.
std::string replaced(const Command& command, const Told& told) {
    auto text = command.text;
    bool changed = false, others = false;
    std::string kept;
    for (const auto& name : told.replaces) {
        const auto taken = take_option(text, {name}, true);
        changed = changed || taken.any();
        text = taken.text;
        for (const auto& value : name == told.reporter ? taken.values : std::vector<std::string>()) {
            if (value.find("junit") != value.npos || value == "default" || value.empty()) continue;
            others = true;
            kept += fmt::format(" {}={}", name, value);
        }
    }
    if (const auto taken = take_option(text, told.switches, false); taken.any()) {
        changed = true;
        text = taken.text;
    }
    if (!changed) return {};
    for (const auto& flag : told.flags)
        if (!(others && flag == std::string(told.reporter) + "=default") && find_word(text, flag) == text.npos)
            text += " " + flag;
    return text + kept;
}

void set_test(Node& node, const FoundRunner& found, const Told& told) {
    auto& component = node.component;
    const auto because = fmt::format("package.json: scripts.{}", found.script);
    std::vector<std::vector<std::string>> commands;
    std::vector<std::string> words;
    std::string junit = junit_report, coverage_file = lcov;
    if (told.prefix) { // node --test: its options stand before the files; shells expand those
        const auto with = with_node_reporters(found.command.text, junit, coverage_file);
        junit = with.junit;
        coverage_file = with.lcov;
        commands.push_back({"mkdir", "-p", "reports/coverage"});
        words = by_shell_if_needed(node, found.command, in_script(node, found, with.text));
    } else if (const auto edited = replaced(found.command, told); !edited.empty()) {
        words = in_shell(node, in_script(node, found, edited));
    } else if (found.command.last && !contains(words_of(node.script(found.script)), "--")) {
        words = node.run(found.script, told.flags);
    } else {
        auto own = found.command.words;
        own.insert(own.end(), told.flags.begin(), told.flags.end());
        words = node.exec(own);
    }
    if (!told.brought.empty()) {
        words = brought_by_npx(told, words);
        node.folder.doubt(fmt::format(
            "the project has no {0}, so each run fetches {0} with npx; to avoid that, add it to devDependencies",
            told.brought));
    }
    const bool by_npm = contains(words, "run") && contains(words, found.script); // which runs pretest by itself
    if (!by_npm && !node.script("pre" + found.script).empty())
        commands.insert(commands.begin(), node.run("pre" + found.script));
    commands.push_back(std::move(words));
    component.test = step("test", std::move(commands), because);
    component.test->variables = told.variables;
    add_reports(node, told, junit, coverage_file);
}

}

void test_node(Node& node) {
    auto& folder = node.folder;
    auto& component = node.component;
    FoundRunner found;
    std::string script;
    for (const std::string name : {"test:ci", "test", "test:unit", "test-unit", "tests", "unit"}) {
        const auto text = node.script(name);
        if (text.empty() || is_placeholder_script(text)) continue;
        if (script.empty() || name == "test") script = name;
        if (found.row == nullptr || name == "test") {
            auto next = find_runner(node, name, 0);
            if (next.row != nullptr && (found.row == nullptr || found.row->tell == tell_nothing))
                found = std::move(next);
        }
    }
    // pnpm run "/^test:.*/", npm-run-all test:*: one of those that they run.
    if (found.row == nullptr && !node.holds_workspaces)
        for (const auto& name : unit_scripts(node))
            if (found.row == nullptr) found = find_runner(node, name, 0);
    const auto told = found.row != nullptr ? found.row->tell(node, found.command) : Told{};
    if (!told.flags.empty()) return set_test(node, found, told);
    if (script.empty()) {
        if (!node.holds_workspaces)
            folder.doubt("package.json has no test script; gate has nothing to judge until there is a test script");
        return;
    }
    if (node.holds_workspaces) return; // its members' own are parts of their own
    component.test = step("test", {node.run(script)}, fmt::format("package.json: scripts.{}", script));
    const std::string runner(found.row != nullptr ? found.row->program : "");
    if (!node.holds_workspaces)
        folder.doubt(
            runner.empty()
                ? fmt::format("the test runner of scripts.{} is not known; let it write JUnit to {}, and name that "
                              "file in gate.reports",
                              script, junit_report)
                : fmt::format(
                      "{} does not write JUnit itself; let scripts.{} write {}, and name that file in gate.reports",
                      runner, script, junit_report));
}

}
