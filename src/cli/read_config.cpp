#include "cli/read_config.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include "cli/section.h"
#include "config/waivers.h"
#include "report/rules.h"
#include "sys/clock.h"
#include "sys/files/log.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

Result<void> check_environment(const Spec& spec, const Context& context) {
    if (context.environment.empty()) return {};
    const Command* command = chosen_command(spec);
    if (!context.config.present() && command && command->outlives_file) return {};
    const std::vector<std::string> names = context.config.environments();
    if (std::find(names.begin(), names.end(), context.environment) != names.end()) return {};
    const std::string fact = !names.empty()             ? "expected " + one_of(names)
                             : context.config.present() ? context.config.file() + " has no environments"
                                                        : "there is no fairlead.yml here or above";
    return usage(
        fmt::format("environment '{}' is unknown; {} (from {})", context.environment, fact, context.origins.at("env")));
}

// A misspelt one would waive nothing and stay unnoticed for as long as the others do their work.
Result<void> check_waiver_rules(const Spec& spec, const Context& context) {
    const auto waivers = context.config.root()["waivers"].items();
    if (waivers.empty()) return {};
    std::vector<std::string> known;
    for (const report::Rule& rule : spec.rules.get()) known.push_back(report::full_name(spec.tool, rule.id));
    if (spec.added_rules)
        for (const auto& id : spec.added_rules(context.config.section(spec.tool, context.environment)))
            known.push_back(report::full_name(spec.tool, id));
    for (const auto& waiver : waivers) {
        const auto rule = waiver["rule"];
        const auto name = rule.text();
        const bool ours = !known.empty() && name.starts_with(spec.tool + "/");
        if (!ours || std::find(known.begin(), known.end(), name) != known.end()) continue;
        const auto near = nearest(name, known);
        return rule.error(
            near.empty() ? fmt::format("rule '{}' is unknown to {}; its findings end in the rule's name, as in [{}]",
                                       name, program_name(spec), known.front())
                         : fmt::format("rule '{}' is unknown; did you mean '{}'?", name, near));
    }
    return {};
}

// Production is never what somebody forgot to say.
Result<std::string> only_environment(const Session& session) {
    const Context& context = session.context;
    const auto known = context.config.environments();
    if (!session.spec.needs_environment || !context.environment.empty() || known.size() != 1) return std::string();
    const auto& only = known.front();
    const Command* command = chosen_command(session.spec);
    if (command && command->acts && context.config.profile(only) == config::Profile::production)
        return usage(
            fmt::format("environment '{}' is the only one, but production is never assumed; say --env {}", only, only));
    return only;
}

// Once, where the reader looks for why the file that is checked out doesn't do what it says.
void tell_whose(const Context& context) {
    if (!context.change.foreign || context.change.about.empty()) return; // empty: told already
    const std::string commit = context.config.base_commit().substr(0, 12);
    const std::string whose = fmt::format("{} {}", context.change.about, context.change.why);
    if (commit.empty() && context.config.present()) return; // --config names a file outside of the repository
    if (commit.empty()) return sys::log_info(whose + ": there is no repository here, so no fairlead.yml counts");
    sys::log_info(context.config.present()
                      ? fmt::format("{}: {} of the base commit {} counts, and the files that it names", whose,
                                    context.config.file(), commit)
                      : fmt::format("{}: the base commit {} counts, and it has no fairlead.yml", whose, commit));
}

}

Result<void> read_config(Session& session) {
    Context& context = session.context;
    std::error_code ignored;
    const Section section(session.spec);
    config::LoadOptions options;
    options.path = context.config_file;
    options.folder = std::filesystem::current_path(ignored).string();
    options.environment = &context.variables;
    options.environment_name = context.environment;
    options.needs_environment = session.spec.needs_environment;
    options.tool = session.spec.tool;
    options.fields = section.fields();
    options.change = &context.change;
    auto loaded = session.change.ok() ? config::load(options) : Result<config::Config>(session.change.error());
    const auto peer = peer_input_given(session.spec.tool, session.spec.inputs, context.variables);
    const bool unknown = !session.change.ok() || (!loaded.ok() && loaded.error().kind == Kind::could_not);
    if (unknown && context.change.foreign && !peer.empty()) {
        // The inputs of the action that ours stands in for say all; as there, no file is asked.
        sys::log_warning(
            fmt::format("{} (the action gives {}, so no fairlead.yml counts)", loaded.error().message, peer));
        loaded = config::Config();
    }
    context.config = TRY(std::move(loaded));
    if (const auto only = TRY(only_environment(session)); !only.empty()) {
        options.environment_name = context.environment = only;
        context.origins["env"] = "the only one";
        context.config = TRY(config::load(options)); // with its variables filled in
    }
    if (context.config_file.empty() && context.config.present()) {
        context.config_file = context.config.file();
        context.origins["config"] = "the nearest";
    }
    tell_whose(context);
    TRY_VOID(check_environment(session.spec, context));
    context.waivers = TRY(config::read_waivers(context.config, options.folder, sys::real_clock().now()));
    if (context.config.present()) TRY_VOID(check_waiver_rules(session.spec, context));
    if (!context.confirm.empty() && context.confirm != context.environment)
        return usage(fmt::format("--confirm '{}' is not the environment that this acts on, {} (from {})",
                                 context.confirm,
                                 context.environment.empty() ? "and none is given" : "'" + context.environment + "'",
                                 context.origins.at("confirm")));
    context.section = context.config.section(session.spec.tool, context.environment);
    return {};
}

}
