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
        if (line.find('\'') != line.npos && line.find('$') != line.npos)
            lines.emplace_back("# shellcheck disable=SC2016 # it is for the shell within");
        lines.push_back(line + (judged ? " || echo 'the gate decides, from the reports'" : ""));
    }
}

}

std::vector<std::string> bring_lines(const Writing& writing) {
    const auto& given = writing.given;
    if (!given.release)
        return {"command -v fairlead >/dev/null || {",
                "  echo 'fairlead is not in PATH, and there was no release when this was written; build it:' >&2",
                fmt::format("  echo 'https://github.com/{}/blob/{}/docs/ci.md' >&2", given.actions, given.pin),
                "  exit 3", "}"};
    const auto& [commit, x64, arm64] = *given.release;
    const auto row = [&](std::string_view machines, std::string_view arch, const std::string& sum) {
        return fmt::format("    {}) file=fairlead-{}-linux-{}-bin.tar.gz sum={} ;;", machines, given.version, arch,
                           sum);
    };
    std::vector<std::string> lines = {"if ! command -v fairlead >/dev/null; then", "  case $(uname -m) in"};
    if (!x64.empty()) lines.push_back(row("x86_64", "x64", x64));
    if (!arm64.empty()) lines.push_back(row("aarch64 | arm64", "arm64", arm64));
    const auto release = fmt::format("v{}", given.version);
    for (auto line :
         {std::string("    *) echo \"there is no release of Fairlead for $(uname -m)\" >&2; exit 3 ;;"),
          std::string("  esac"), fmt::format("  own=${{XDG_CACHE_HOME:-$HOME/.cache}}/fairlead/{}-$sum", given.version),
          std::string("  if ! [ -x \"$own/bin/fairlead\" ]; then"), std::string("    mkdir -p \"${own%/*}\""),
          std::string("    new=$(mktemp -d \"$own.XXXXXX\")"),
          std::string("    # a mirror needs no trust: nothing is unpacked that has another digest"),
          fmt::format("    mirror=${{FAIRLEAD_MIRROR:-https://github.com/{}/releases/download}}", given.actions),
          std::string("    curl --fail --silent --show-error --location --proto '=https,file' \\"),
          fmt::format("      --output \"$new/archive\" \"$mirror/{}/$file\"", release),
          std::string("    echo \"$sum  $new/archive\" | sha256sum -c - >/dev/null"),
          std::string("    tar -xzf \"$new/archive\" -C \"$new\" --strip-components 1"),
          std::string("    mv -T \"$new\" \"$own\" 2>/dev/null || rm -rf \"$new\" # another job was first"),
          std::string("  fi"), std::string("  export PATH=\"$own/bin:$PATH\""), std::string("fi")})
        lines.push_back(std::move(line));
    return lines;
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

namespace {

// What production takes is what staging was built from: kept where git and a release's files leave it out.
std::string kept(const Writing& writing, const std::string& what, const Component& component, std::string_view ending) {
    return ".fairlead/out/" + job_id(writing.project, what, component) + std::string(ending);
}

void add_build(std::vector<std::string>& lines, const Writing& writing, const Component& component, bool promotes) {
    if (!component.build) return;
    const auto archive = shell_line({kept(writing, "release", component, ".tar.gz")});
    const auto folder = component.folder.empty() ? "" : " --directory " + shell_line({component.folder});
    if (promotes) {
        lines.push_back(fmt::format("tar --extract --gzip --file {}{}", archive, folder));
        return;
    }
    add(lines, component, component.install);
    add(lines, component, component.build);
    lines.push_back(fmt::format("tar --create --gzip --file {}{} --exclude ./.git --exclude ./node_modules "
                                "--exclude ./.venv --exclude ./.fairlead .",
                                archive, folder));
}

}

std::vector<std::string> handed_on(const Writing& writing, const Component& component) {
    const auto all = environments(writing);
    const auto *staging = staging_of(all), *production = production_of(all);
    if (!staging || !production || !production->promotes) return {};
    std::vector<std::string> files = {kept(writing, staging->name + "-record", component, ".json")};
    if (component.build) files.push_back(kept(writing, "release", component, ".tar.gz"));
    return files;
}

std::vector<std::string> deploy_lines(const Writing& writing, const Component& component,
                                      const Environment& environment) {
    const auto config = services(writing.project).size() > 1
                            ? " --config " + shell_line({below(component.folder, "fairlead.yml")})
                            : std::string();
    const auto where = " --env " + shell_line({environment.name}) + config;
    const auto files = handed_on(writing, component);
    const bool promotes = environment.promotes && !files.empty();
    const auto report = kept(writing, "deploy-" + environment.name, component, ".json");
    const auto told = shell_line({report});
    std::vector<std::string> lines = {"mkdir -p .fairlead/out"};
    add_build(lines, writing, component, promotes);
    lines.push_back(fmt::format("fairlead-deploy{}{} --output {}", where,
                                promotes ? " --promote-from " + shell_line({files.front()}) : "",
                                shell_line({"json:" + report})));
    lines.push_back(fmt::format("release=$(sed -n 's/^ *\"release\": \"\\([^\"]*\\)\".*/\\1/p' {} | head -n 1)", told));
    lines.push_back(fmt::format("fairlead-smoke{} || {{", where));
    lines.push_back(
        fmt::format("  if grep -q '\"verdict\": \"deployed\"' {}; then # else this run changed nothing", told));
    lines.push_back(
        fmt::format("    fairlead-deploy rollback{} --if-current \"$release\" --reason 'smoke said no'", where));
    lines.push_back("  fi");
    lines.push_back("  exit 1");
    lines.push_back("}");
    if (!promotes && !files.empty())
        lines.push_back(fmt::format("fairlead-deploy history{} --export {}", where, shell_line({files.front()})));
    return lines;
}

}
