#include "init/write/workflow.h"
#include "base/text.h"
#include "init/write/text.h"
#include <fmt/format.h>

namespace fairlead::init {

Value text(std::string_view text) { return {replace_all(yaml_scalar(text), "${{", "${{ '${{' }}")}; }
Value block(std::vector<std::string> lines) { return {"", std::move(lines)}; }
Value expression(std::string_view body) { return {fmt::format("${{{{ {} }}}}", body)}; }

namespace {

std::string behind(const std::string& comment) { return comment.empty() ? "" : " # " + comment; }

std::string lines_at(std::size_t depth, const std::vector<std::string>& lines, std::string_view before = "") {
    std::string out;
    for (const auto& line : lines) out += line.empty() ? "\n" : fmt::format("{:{}}{}{}\n", "", depth, before, line);
    return out;
}

std::string entry(std::size_t depth, const Entry& one) {
    const auto key = fmt::format("{:{}}{}:", "", depth, one.name);
    if (one.value.lines.empty()) return fmt::format("{} {}{}\n", key, one.value.scalar, behind(one.why));
    return fmt::format("{} |{}\n{}", key, behind(one.why), lines_at(depth + 2, one.value.lines));
}

std::string map_of(std::size_t depth, std::string_view key, const Entries& entries) {
    if (entries.empty()) return "";
    auto out = fmt::format("{:{}}{}:\n", "", depth, key);
    for (const auto& one : entries) out += entry(depth + 2, one);
    return out;
}

// `.` is said only where the workflow's own folder is another one.
std::string render(const Act& step, bool below) {
    std::string out = fmt::format("      - name: {}\n", text(step.name).scalar);
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) out += fmt::format("        {}: {}\n", key, value);
    };
    add("id", step.id);
    add("if", step.condition);
    if (!step.goes_on.empty()) add("continue-on-error", "true # " + step.goes_on);
    add("uses", step.uses);
    if (!step.folder.empty() && (below || step.folder != ".")) add("working-directory", text(step.folder).scalar);
    out += map_of(8, "env", step.env) + map_of(8, "with", step.with);
    if (step.run.size() == 1 && yaml_scalar(step.run[0]) == step.run[0])
        add("run", step.run[0]);
    else if (!step.run.empty())
        out += "        run: |\n" + lines_at(10, step.run);
    return out;
}

std::string concurrency(std::size_t depth, const std::string& group, const std::string& waits) {
    const Entry cancel{"cancel-in-progress", {waits.empty() ? "true" : "false"}, waits};
    return map_of(depth, "concurrency", {{"group", {group}}, cancel});
}

std::string render(const Job& job, bool below) {
    std::string out = fmt::format("  {}:{}\n    name: {}\n", job.id, behind(job.why), text(job.name).scalar);
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) out += fmt::format("    {}: {}\n", key, value);
    };
    add("if", job.condition);
    add("needs", job.needs.empty() ? "" : "[" + join(job.needs, ", ") + "]");
    out += lines_at(4, job.notes, "# ");
    add("runs-on", job.runs_on);
    add("environment", job.environment);
    if (!job.group.empty()) out += concurrency(4, job.group, "a deployment is never cut off");
    add("timeout-minutes", std::to_string(job.minutes));
    Entries permissions;
    for (const auto& one : job.permissions) permissions.push_back({one.what, {one.access}, one.why});
    out += permissions.empty() ? "    permissions: {}\n" : map_of(4, "permissions", permissions);
    out += map_of(4, "outputs", job.outputs) + "    steps:\n";
    for (const auto& step : job.steps) out += render(step, below);
    return out;
}

}

std::string render(const Workflow& workflow) {
    auto out = lines_at(0, workflow.head, "# ");
    out +=
        fmt::format("name: {}\non:\n{}\npermissions: {{}}\n\n", text(workflow.name).scalar, lines_at(2, workflow.on));
    out += concurrency(0, workflow.group, workflow.waits) + "\ndefaults:\n  run:\n    shell: bash\n";
    if (!workflow.folder.empty()) out += fmt::format("    working-directory: {}\n", text(workflow.folder).scalar);
    out += "\njobs:\n";
    for (std::size_t i = 0; i < workflow.jobs.size(); ++i)
        out += (i == 0 ? "" : "\n") + render(workflow.jobs[i], !workflow.folder.empty());
    return out;
}

}
