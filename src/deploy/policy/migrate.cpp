#include "deploy/policy/migrate.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/user.h"
#include "deploy/policy/hooks.h"
#include "deploy/release/release.h"
#include "deploy/world.h"
#include "sys/account.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr const char* program = "fairlead-migrate";
std::string path_of_program() { return sys::tool_program("fairlead-migrate"); } // install.sh hashes it for deploy
constexpr const char* file_name = "fairlead.yml";

// What it says went wrong; its report is JSON.
std::string reason_in(const std::string& out, const std::string& err) {
    const auto object = sys::parse_json(out, "");
    std::vector<std::string> said;
    if (object.ok() && object->is_object()) {
        if (const auto error = object->find("error"); error != object->end() && error->is_object())
            said.push_back(sys::text_of(*error, "message"));
        if (const auto findings = object->find("findings"); findings != object->end() && findings->is_array())
            for (const auto& one : *findings)
                if (one.is_object() && sys::text_of(one, "severity") == "error")
                    said.push_back(sys::text_of(one, "message"));
    }
    std::erase_if(said, [](const std::string& one) { return one.empty(); });
    constexpr std::size_t most = 5;
    if (said.size() > most) said.resize(most);
    if (!said.empty()) return printable(join(said, "; "));
    return last_lines(err.empty() ? out : err);
}

// The versions of a list of its report.
Result<std::vector<std::string>> versions_in(const std::string& out, const char* member) {
    const auto object = sys::parse_json(out, "");
    const auto list = object.ok() && object->is_object() ? object->find(member) : sys::Json::const_iterator();
    if (!object.ok() || !object->is_object() || list == object->end() || !list->is_array())
        return could_not(
            fmt::format("the report of {} has no '{}'; install the same version of both tools", program, member));
    std::vector<std::string> versions;
    for (const auto& one : *list) {
        auto version = one.is_string() ? one.get<std::string>() : sys::text_of(one, "version");
        if (version.empty()) return could_not(fmt::format("{} reports a migration without a version", program));
        versions.push_back(std::move(version));
    }
    return versions;
}

}

std::string name_of(Phase phase) { return phase == Phase::expand ? "expand" : "contract"; }

Result<void> check_migrate_program() {
    if (path_of_program().find('/') == std::string::npos)
        return could_not(fmt::format(
            "deploy.migrate needs {}, which is not in the folder of fairlead-deploy or in PATH; install it there",
            program));
    return {};
}

Result<void> check_migrate(const World& world) {
    TRY_VOID(check_migrate_program());
    const auto& settings = world.settings;
    if (settings.target != "direct" || world.host.inspect(settings.release_path).type != sys::FileType::folder)
        return {};
    if (world.host.inspect(sys::Path(settings.release_path) / file_name).type != sys::FileType::absent) return {};
    return usage(fmt::format("deploy.migrate runs the migrations of the release with the release's own {}, and '{}' "
                             "has no such file; let release.path be the folder that holds it and the migrations",
                             file_name, settings.release_path));
}

Migrate::Migrate(const World& world, const ReleaseInfo& release, std::string folder, std::string config)
    : world_(world), release_(release), folder_(std::move(folder)), config_(std::move(config)) {
    if (folder_.empty()) folder_ = world.settings.env_folder;
    if (config_.empty()) config_ = file_name;
}

Result<Migrate::Said> Migrate::run(std::vector<std::string> words, bool acts) const {
    constexpr Milliseconds patience{5000}; // it cancels what runs, and rolls it back
    constexpr Milliseconds look{30'000};
    const auto& settings = world_.settings;
    const auto what = fmt::format("{} {}", program, words.front());
    words.insert(words.begin(), path_of_program());
    words.insert(words.end(), {"--config", config_, "--env", settings.environment, "--format", "json"});
    if (acts) words.insert(words.end(), {"--confirm", settings.environment});
    const auto user = TRY(target_user(settings)); // as prepare: whose files SQLite's are
    sys::Command command{.argv = std::move(words),
                         .folder = folder_,
                         .timeout = acts ? settings.migrate_timeout : look,
                         .patience = patience,
                         .keep_partial = true,
                         .user = user ? &*user : nullptr,
                         .dies_with_us = true,
                         .whose = sys::Whose::ours};
    command.environment = release_environment(world_, release_, command.user);
    for (const auto& name : settings.declared) // its fairlead.yml may name them, as ours does
        if (const auto value = world_.process.get(name)) command.environment->push_back(name + "=" + *value);
    const auto done = TRY(world_.host.run(command));
    if (done.interrupted) return could_not(fmt::format("{} was interrupted", what));
    if (done.timed_out)
        return could_not(fmt::format("{} was not done after {} and was ended{}", what, format_duration(command.timeout),
                                     acts ? "; raise deploy.migrate_timeout if it may take longer" : ""));
    return Said{done.status, done.out, done.err};
}

Result<std::vector<std::string>> Migrate::pending(Phase phase) const {
    const auto said = TRY(run({"pending", "--phase", name_of(phase)}, false));
    if (said.status <= 1) return versions_in(said.out, "pending");
    auto told = fmt::format("the pending migrations can't be found: {}", reason_in(said.out, said.err));
    return said.status == 2 ? usage(std::move(told)) : could_not(std::move(told));
}

Result<void> Migrate::up(Phase phase, const std::vector<std::string>& versions) const {
    std::vector<std::string> words{"up", "--phase", name_of(phase)};
    // That they drop something is what their phase says.
    if (phase == Phase::contract) words.insert(words.end(), {"--confirm-destructive", join(versions, ",")});
    const auto said = TRY(run(std::move(words), true));
    if (said.status == 0) return {};
    auto told = fmt::format("migrations ({}): {}", name_of(phase), reason_in(said.out, said.err));
    return said.status == 1   ? no(std::move(told))
           : said.status == 2 ? usage(std::move(told))
                              : could_not(std::move(told));
}

Result<void> Migrate::down(const std::string& to) const {
    auto said = TRY(run({"down", "--to", to, "--dry-run"}, false));
    if (said.status == 0) {
        std::vector<std::string> words{"down", "--to", to};
        // Whoever named the version has said that what came behind it goes.
        const auto versions = TRY(versions_in(said.out, "migrations"));
        if (!versions.empty()) words.insert(words.end(), {"--confirm-destructive", join(versions, ",")});
        said = TRY(run(std::move(words), true));
    }
    if (said.status == 0) return {};
    auto told = fmt::format("migrations (down to {}): {}", to, reason_in(said.out, said.err));
    return said.status == 1   ? no(std::move(told))
           : said.status == 2 ? usage(std::move(told))
                              : could_not(std::move(told));
}

}
