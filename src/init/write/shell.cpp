#include "init/write/shell.h"
#include "base/text.h"
#include "init/write/text.h"
#include <fmt/format.h>

namespace fairlead::init {

namespace {

void add(std::vector<std::string>& lines, const Component& component, const std::optional<Step>& step,
         bool judged = false) {
    if (!step) return;
    for (const auto& command : step->commands) {
        std::string line;
        for (const auto& [name, value] : step->variables) line += name + "=" + shell_line({value}) + " ";
        line += shell_line(command);
        if (!component.folder.empty()) line = fmt::format("(cd {} && {})", shell_line({component.folder}), line);
        if (line.find("'") != line.npos && line.find('$') != line.npos)
            lines.emplace_back("# shellcheck disable=SC2016 # it is for the shell within");
        lines.push_back(line + (judged ? " || echo 'the gate decides, from the reports'" : ""));
    }
}

}

std::vector<std::string> check_lines(const Writing& writing, const Component& component) {
    std::vector<std::string> lines;
    add(lines, component, component.install);
    add(lines, component, component.lint);
    add(lines, component, component.test, !component.evidence.empty());
    if (!component.evidence.empty()) {
        std::string line = "fairlead-gate";
        if (!is_alone(writing.project))
            for (const auto& one : component.evidence) line += " --report " + shell_line({one.path});
        lines.push_back(line);
    }
    if (!component.build) return lines;
    const auto dist = shell_line({below(component.folder, within(component, component.dist))});
    if (!component.dist.empty()) lines.push_back("rm -rf -- " + dist);
    add(lines, component, component.build);
    if (!component.dist.empty()) {
        lines.push_back(fmt::format(
            "test -n \"$(find {} -type f -size +0)\" || {{ echo 'the build wrote no file' >&2; exit 1; }}", dist));
        lines.push_back(fmt::format("find {} -type f -exec du -k {{}} + | sort -rn | head -n 10", dist));
    }
    return lines;
}

std::vector<std::string> deploy_lines(const Writing& writing, const Component& component,
                                      const Environment& environment) {
    const auto config = services(writing.project).size() > 1
                            ? " --config " + shell_line({below(component.folder, "fairlead.yml")})
                            : std::string();
    const auto where = " --env " + shell_line({environment.name}) + config;
    std::vector<std::string> lines;
    if (component.build) {
        add(lines, component, component.install);
        add(lines, component, component.build);
    }
    lines.push_back(fmt::format("fairlead-deploy{} --output json:.fairlead-deploy.json", where));
    lines.push_back("release=$(sed -n 's/^ *\"release\": \"\\([^\"]*\\)\".*/\\1/p' .fairlead-deploy.json | head -n 1)");
    lines.push_back(fmt::format("fairlead-smoke{} || {{", where));
    lines.push_back(
        fmt::format("  fairlead-deploy rollback{} --if-current \"$release\" --reason 'smoke said no'", where));
    lines.push_back("  exit 1");
    lines.push_back("}");
    return lines;
}

}
