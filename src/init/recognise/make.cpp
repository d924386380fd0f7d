#include "base/text.h"
#include "init/recognise/recogniser.h"
#include <fmt/format.h>

namespace fairlead::init {

namespace {

std::vector<std::string> targets_of(std::string_view text) {
    std::vector<std::string> targets;
    for (const auto& line : split(text, '\n')) {
        const auto colon = line.find(':');
        if (colon == line.npos || line.starts_with('\t') || line.starts_with('#') || line.substr(colon, 2) == ":=")
            continue;
        for (auto& word : words_of(line.substr(0, colon)))
            if (word.find_first_of("$%=()") == word.npos) targets.push_back(std::move(word));
    }
    return targets;
}

}

bool describe_make(Folder& folder, Component& component) {
    const auto name = folder.first({"GNUmakefile", "makefile", "Makefile"});
    const auto targets = targets_of(folder.text(name));
    const auto take = [&](const std::string& as, std::initializer_list<const char*> wanted) -> std::optional<Step> {
        for (const auto* target : wanted)
            if (contains(targets, target)) return step(as, {{"make", target}}, fmt::format("{}: {}", name, target));
        return std::nullopt;
    };
    component.manager = "make";
    component.install = take("install", {"deps", "dependencies", "setup"});
    component.lint = take("lint", {"lint"});
    component.build = take("build", {"build", "all"});
    component.test = take("test", {"test", "check", "tests"});
    if (!component.test && !component.build && !component.lint) return false;
    if (component.test)
        folder.doubt(fmt::format("the output of {} is not known to be a report; let it write JUnit to "
                                 "reports/junit.xml, and name that file in gate.reports",
                                 join(component.test->commands.front(), " ")));
    else
        folder.doubt(fmt::format(
            "{} has no target test or check; gate has nothing to judge until there is such a target", name));
    return true;
}

// A folder with a Dockerfile and no manifest of a language.
bool describe_container(Folder& folder, Component& component) {
    component.dockerfile = container_file(folder);
    folder.doubt(fmt::format("only {} is here, and no language that init knows, so nothing is tested; write the "
                             "commands into fairlead.yml under run:",
                             component.dockerfile));
    return true;
}

}
