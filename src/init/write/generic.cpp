#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/shell.h"
#include "init/write/text.h"
#include <fmt/format.h>

namespace fairlead::init {

namespace {

std::string function(const std::string& name, const std::string& why, const std::vector<std::string>& lines) {
    std::string text = fmt::format("\n{}() {{ # {}\n", name, why);
    for (const auto& line : lines) text += "    " + line + "\n";
    return text + "}\n";
}

}

std::optional<std::string> write_script(const Writing& writing) {
    std::string text = R"(#!/bin/sh
# Written by `fairlead init --ci generic`; yours to change. For any CI that runs commands:
#   ./ci.sh check     a change: secrets in BASE..HEAD (BASE is the variable), configuration, tests, gate
)";
    const auto all = environments(writing);
    std::vector<std::string> stages = {"check"};
    std::string functions;
    std::vector<std::string> lines = {
        "if [ -n \"${BASE:-}\" ]; then fairlead-scan range \"$BASE..HEAD\"; else fairlead-scan tree; fi"};
    if (has_configuration(writing.project)) lines.emplace_back("fairlead-preflight");
    for (const auto& component : writing.project.components)
        for (const auto& line : check_lines(writing, component)) lines.push_back(line);
    functions += function("do_check", "is this change good enough?", lines);
    for (const auto* environment : {staging_of(all), production_of(all)}) {
        if (!environment) continue;
        lines.clear();
        for (const auto* component : services(writing.project))
            for (const auto& line : deploy_lines(writing, *component, *environment)) lines.push_back(line);
        const auto name = replace_all(environment->name, "-", "_");
        functions += function("do_" + name, "on the host that serves", lines);
        stages.push_back(name);
        const bool takes = environment->promotes && environment != staging_of(all) && staging_of(all);
        text += fmt::format("#   ./ci.sh {:<12}on the host that serves; secrets are variables: {}\n", name,
                            environment->secrets.empty() ? "none" : join(environment->secrets, ", "));
        if (takes) text += "#                     with .fairlead/out as it was left by staging: your CI's artifact\n";
    }
    text += fmt::format(R"SH(set -eu
cd "$(dirname "$0")"
{0}{1}
case ${{1:-check}} in
{2}) bring; "do_${{1:-check}}" ;;
*) echo "ci.sh: '$1' is unknown; expected {3}" >&2; exit 2 ;;
esac
)SH",
                        function("bring", "the programs", bring_lines(writing)), functions, join(stages, " | "),
                        one_of(stages));
    return text;
}

}
