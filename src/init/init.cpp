#include "init/init.h"
#include "base/diff.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/version.h"
#include "config/config.h"
#include "init/check.h"
#include "init/facts.h"
#include "init/look.h"
#include "init/place.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

// Also the id of a job.
bool is_nameable(const std::string& name) {
    return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-") == name.npos &&
           !name.empty() && name.find_first_of("0123456789-") != 0;
}

bool is_variable(const std::string& name) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    return !name.empty() && letters.find(name.front()) != letters.npos &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") == name.npos;
}

// Of a fairlead.yml that stays: the workflows deploy where it says, with the secrets that it names. A wrong one is
// doctor's matter, and none here, but what no workflow could hold.
std::optional<std::vector<Environment>> environments_in(const sys::Path& file, std::string& said) {
    static const sys::Environment none{{}};
    const auto config = config::load(
        {.path = file.string(), .folder = file.parent_path().string(), .environment = &none, .tool = "", .fields = {}});
    if (!config.ok()) return std::nullopt;
    std::vector<Environment> all;
    for (const auto& name : config->environments()) {
        if (!is_nameable(name)) {
            said += fmt::format("unclear  environment '{}' is left out of the written files: the name of a job may "
                                "have only letters, digits, - and _; rename it in fairlead.yml\n",
                                one_line(name));
            continue;
        }
        Environment one{.name = name, .promotes = config->section("deploy", name)["promote_from"].present()};
        for (const auto& secret : config->environment(name)["env"]["secrets"].texts())
            if (is_variable(secret)) one.secrets.push_back(secret);
        all.push_back(std::move(one));
    }
    return all;
}

// One of Dependabot's and Renovate's own is enough.
bool is_updated(const Place& place, const std::string& path) {
    const auto base = path.substr(0, path.find(".github/"));
    for (const auto* name : {".github/dependabot.yaml", "renovate.json", ".github/renovate.json", ".renovaterc",
                             ".renovaterc.json", "renovate.json5"})
        if (const auto there = place.tree.inspect(place.of(base + name));
            there.ok() && there->type != sys::FileType::absent)
            return true;
    return false;
}

// What a file of somebody else's lacks of ours.
std::string missing_part(const NewFile& file, const std::string& before) {
    if (file.path.ends_with("dependabot.yml") && before.find("github-actions") == before.npos)
        return "unclear  dependabot.yml has no entry for github-actions; add an entry with a cooldown of 7 days\n";
    if (file.path.ends_with(".yml") && before.find("fairlead") == before.npos &&
        file.path.find("gitlab") != file.path.npos)
        return "unclear  to see the file that init would write there, run init in a copy without that file\n";
    return "";
}

// Workflows of somebody else that have one of our names.
std::vector<std::string> taken_names(const Place& place, const Project& project, bool backup) {
    std::vector<std::string> names;
    Given given;
    given.backup = backup;
    for (const auto& file : files(project, given))
        if (const auto at = file.path.find(".github/workflows/"); at != file.path.npos) {
            const auto text = place.tree.read(place.of(file.path));
            if (text.ok() && !is_ours(text.value())) names.push_back(file.path.substr(at + 18));
        }
    return names;
}

// Two folders may come to the same name (`a b`, `a-b`; services/api, tools/api): of their workflows, of what is
// deployed and of its place. The one that comes later gets another.
void name_apart(const Place& place, Project& project) {
    if (project.folder.empty()) return;
    const auto name = project.name;
    for (int number = 2; number < 100; ++number) {
        const auto all = files(project, {});
        const auto found = std::find_if(all.begin(), all.end(), [](const NewFile& file) {
            return file.path.ends_with("-pull-request.yml"); // which there is in any case
        });
        const auto there =
            found == all.end() ? Result<std::string>(std::string()) : place.tree.read(place.of(found->path));
        if (!there.ok() || !is_elsewhere(project, there.value())) return;
        project.name = fmt::format("{}-{}", name, number);
    }
}

Result<std::string> put(const Place& place, const NewFile& file, const Wanted& wanted, int& written) {
    const sys::Path path = TRY(place.tree.real(place.of(file.path))); // a link within the tree leads to what is written
    const auto there = TRY(place.tree.inspect(path));
    const bool is_there = there.type != sys::FileType::absent;
    const auto before = is_there ? place.tree.read(path) : Result<std::string>(std::string());
    hide_values(file.path, before);
    if (is_there && file.path != "fairlead.yml" && before.ok() && !is_ours(before.value()) &&
        !file.path.ends_with("/fairlead.yml"))
        return fmt::format("kept     {} (it was not written by init, so init does not change it)\n{}", file.path,
                           missing_part(file, before.value()));
    if (is_there && wanted.existing == Existing::keep) {
        const auto diff = before.ok() ? unified_diff(before.value(), file.content, file.path) : std::string();
        return diff.empty() ? fmt::format("kept     {} (it is up to date)\n", file.path)
                            : fmt::format("kept     {} (--force overwrites it)\n{}", file.path, diff);
    }
    if (wanted.mode == Mode::write) {
        if (path.has_parent_path()) TRY_VOID(place.tree.make_folders(path.parent_path()));
        TRY_VOID(remove_left(place.tree, path));
        TRY_VOID(place.tree.write(path, file.content, file.executable ? 0755 : 0644));
    }
    ++written;
    return fmt::format("{}  {}\n", wanted.mode == Mode::write ? "written" : "would write", file.path);
}

// GitLab's file alone says where the project's CI runs.
std::string other_ci(const Place& place, const Project& project, Ci ci) {
    if (ci != Ci::github || !project.workflows.empty() || !project.folder.empty()) return "";
    const auto text = place.tree.read(place.of(".gitlab-ci.yml"));
    if (!text.ok() || is_ours(text.value())) return "";
    return "unclear  .gitlab-ci.yml is here and no workflow of GitHub; init writes workflows for GitHub. For GitLab, "
           "run: fairlead init --ci gitlab\n";
}

// What can't be as it will be with a release: said when it is written, not by the first run.
std::string before_release(const Given& given) {
    if (given.release) return "";
    switch (given.ci) {
    case Ci::github:
        return fmt::format("unclear  fairlead was built from source, so the workflows build it too, and each job takes "
                           "{} minutes longer; with a released fairlead, run: fairlead init --force\n",
                           source_minutes);
    case Ci::gitlab:
        return "unclear  .gitlab-ci.yml can't run yet: fairlead was built from source, so there is no release to "
               "fetch; until there is a release, build an image that has fairlead in PATH (docs/gitlab.md)\n";
    case Ci::generic:
        return "unclear  ci.sh can't run everywhere yet: fairlead was built from source, so there is no release to "
               "fetch; until there is a release, install fairlead on the machine that runs ci.sh (docs/install.md)\n";
    }
    return "";
}

// The component as it was understood, and what wasn't clear.
std::string told(const Project& project) {
    std::string text;
    for (const auto& component : project.components) {
        text += fmt::format("found    {}{}{}\n", component.folder.empty() ? component.name : component.folder,
                            component.manager.empty() ? "" : ": " + component.manager,
                            component.framework.empty() ? "" : ", " + component.framework);
        for (const auto& one : component.shared)
            text += fmt::format("shared   {} ({}, {}): all releases use the same folder\n", one.folder,
                                what_of(one.what), one.from);
        for (const auto& doubt : component.doubts) text += fmt::format("unclear  {}\n", doubt);
    }
    return text;
}

// What is written now, and what the kit wrote before.
std::vector<NewFile> with_kit(const Place& place, std::vector<NewFile> all) {
    for (const std::string path : {"docker-compose.prod.yml", ".env.production.example", "docs/runbook.md"})
        if (auto text = place.tree.read(place.of(path), 1u << 20); text.ok() && is_ours(text.value()))
            all.push_back({path, std::move(text).value()});
    return all;
}

// Where the kit's compose file lies, it is what production is.
void say_production(const Place& place, const Project& project, std::vector<NewFile>& all, std::string& said) {
    const auto compose = place.tree.read(place.of("docker-compose.prod.yml"), 1u << 20);
    if (!compose.ok() || !is_ours(compose.value())) return;
    Kit kit{.production = true};
    kit.proxy = compose->find("/etc/nginx/nginx.conf") != std::string::npos  ? "nginx"
                : compose->find("/etc/caddy/Caddyfile") != std::string::npos ? "caddy"
                                                                             : "none";
    std::vector<std::string> told;
    for (auto& file : all)
        if (file.path == "fairlead.yml")
            if (auto text = kit_configuration(project, kit, file.content, told)) file.content = std::move(*text);
    for (const auto& one : told) said += fmt::format("unclear  {}\n", one);
}

}

Result<report::Report> start(const std::string& folder, const Wanted& wanted) {
    const sys::Path root = std::filesystem::absolute(folder).lexically_normal();
    const auto tree = TRY(sys::root_around(root));
    const Place place{tree, root};
    auto project = TRY(look_at(root.string()));
    if (!project.unread.empty()) return usage(fmt::format("{}; nothing was written", one_line(project.unread.front())));
    name_apart(place, project);
    Given given{.ci = wanted.ci, .actions = "fairlead/fairlead", .version = std::string(version())};
    given.release = own_release();
    given.pin = given.release           ? given.release->commit
                : commit() == "unknown" ? "v" + given.version
                                        : std::string(commit());
    const auto there = TRY(place.tree.look(place.of("fairlead.yml")));
    std::string said_before;
    if (wanted.existing == Existing::keep && there.type == sys::FileType::file)
        given.environments = environments_in(root / "fairlead.yml", said_before);
    given.backup = wanted.backup;
    given.taken = taken_names(place, project, wanted.backup);
    // Those of a whole repository: a folder of it has versions of its own, if any.
    const auto versions = wanted.versions && project.folder.empty() ? wanted.versions() : decltype(wanted.versions())();
    given.versions = versions.first;
    auto all = files(project, given);
    say_production(place, project, all, said_before);
    std::erase_if(all, [&](const NewFile& file) {
        return file.path.ends_with("dependabot.yml") && is_updated(place, file.path);
    });
    for (const auto& file : all) TRY_VOID(check_place(place.tree, place.of(file.path)));
    TRY_VOID(check_place(place.tree, place.of(".gitignore")));
    if (const auto read = place.tree.look(place.of(".gitignore")); !read.ok()) return read.error(); // lines are added
    report::Report report;
    report.tool = "init";
    const auto facts = facts_of(project, with_kit(place, all));
    report.text = told(project) + lost(facts) + (wanted.explain ? explained(facts) : "") + said_before +
                  other_ci(place, project, given.ci) + before_release(given);
    if (!versions.second.empty())
        report.text += fmt::format("{}  {}\n", versions.first.empty() ? "unclear" : "found  ", versions.second);
    int written = 0;
    for (const auto& file : all) {
        const auto said = TRY(put(place, file, wanted, written));
        report.text += said;
    }
    const auto said = TRY(ignore_lines(place.tree, place.of(".gitignore"), ignored(project), wanted.mode));
    report.text += said;
    report.facts = fmt::format("{} {}; next: read fairlead.yml, then `fairlead doctor` and `fairlead run`",
                               wanted.mode == Mode::write ? "written:" : "would write:", written);
    if (!wanted.check || wanted.mode == Mode::only_say) return report;
    TRY_VOID(check_steps(root.string(), project, wanted.stream, report));
    return report;
}
}
