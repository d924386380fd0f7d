#include "cli/run.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/common.h"
#include "cli/explain.h"
#include "cli/inputs.h"
#include "cli/publish.h"
#include "cli/render.h"
#include "cli/section.h"
#include "report/formats.h"
#include "sys/files.h"
#include "sys/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

using Tool = std::function<Result<report::Report>(const Context&)>;

struct Session {
    const Spec& spec;
    std::vector<Input> shared = {};
    Words words = {};
    Context context = {};
};

// Answers --help, --version and --render: nothing is read or started for them.
Result<std::optional<std::string>> answer(const Session& session) {
    const auto& flags = session.words.flags;
    if (flags.contains("help")) return std::optional(render_help(session.spec));
    if (flags.contains("version")) {
        return std::optional(fmt::format("{} {} ({})\n", program_name(session.spec), version(), commit()));
    }
    const auto asked = flags.find("render");
    if (asked == flags.end()) return std::optional<std::string>{};
    const std::string& what = asked->second.back();
    if (what == "action") return std::optional(render_action(session.spec));
    if (what == "readme") return std::optional(render_readme(session.spec));
    if (what == "schema") return std::optional(render_schema(session.spec));
    return usage(fmt::format("render '{}' is unknown; expected action, readme or schema", what));
}

Result<void> choose_command(Session& session) {
    const auto input = command_input(session.spec);
    if (!input) return {};
    if (session.spec.command->empty()) *session.spec.command = input->allowed.front();
    auto& words = session.words.words;
    const bool takes_words = std::any_of(session.spec.inputs.begin(), session.spec.inputs.end(),
                                         [](const Input& own) { return own.positional; });
    const bool known =
        !words.empty() && std::find(input->allowed.begin(), input->allowed.end(), words[0]) != input->allowed.end();
    if (known || (!words.empty() && !takes_words)) {
        const Given given{.texts = {words[0]}, .origin = "the command line", .place = {}};
        words.erase(words.begin());
        session.context.origins["command"] = given.origin;
        return assign(*input, given);
    }
    return fill(session.spec.tool, {*input}, {{}, session.context.variables, {}}, session.context.origins);
}

Result<void> refuse_extra_words(const Session& session) {
    const auto& words = session.words.words;
    const bool taken = std::any_of(session.spec.inputs.begin(), session.spec.inputs.end(),
                                   [](const Input& input) { return input.positional; });
    if (words.empty() || taken) return {};
    return usage(
        fmt::format("'{}' is one word too many; --help shows what {} takes", words[0], program_name(session.spec)));
}

// What the other steps need to report anything, an error of theirs included.
Result<void> read_common(Session& session) {
    Context& context = session.context;
    TRY_VOID(fill(session.spec.tool, session.shared, {session.words, context.variables, {}}, context.origins));
    for (const std::string& output : context.output) TRY_VOID(parse_output(output, format_names(session.spec)));
    if (!context.format.empty()) return {};
    context.format = sys::parses_commands(context.platform) ? "github" : "text";
    context.origins["format"] = name_of(context.platform);
    return {};
}

void start_log(const Context& context) {
    sys::LogOptions options;
    if (context.verbose) options.level = sys::Level::debug;
    if (context.quiet) options.level = sys::Level::error;
    if (context.log_format == "json") options.format = sys::LogFormat::json;
    if (context.no_color) options.color = sys::Color::never;
    options.github = sys::parses_commands(context.platform);
    sys::configure_log(options);
}

Result<void> check_environment(const Context& context) {
    if (context.environment.empty()) return {};
    const std::vector<std::string> names = context.config.environments();
    if (std::find(names.begin(), names.end(), context.environment) != names.end()) return {};
    const std::string fact = !names.empty()             ? "expected " + one_of(names)
                             : context.config.present() ? context.config.file() + " has no environments"
                                                        : "there is no fairlead.yml here or above";
    return usage(
        fmt::format("environment '{}' is unknown; {} (from {})", context.environment, fact, context.origins.at("env")));
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
    options.tool = session.spec.tool;
    options.fields = section.fields();
    context.config = TRY(config::load(options));
    const auto known = context.config.environments();
    if (session.spec.needs_environment && context.environment.empty() && known.size() == 1) {
        options.environment_name = context.environment = known.front();
        context.origins["env"] = "the only one";
        context.config = TRY(config::load(options)); // with its variables filled in
    }
    if (context.config_file.empty() && context.config.present()) {
        context.config_file = context.config.file();
        context.origins["config"] = "the nearest";
    }
    TRY_VOID(check_environment(context));
    context.section = context.config.section(session.spec.tool, context.environment);
    return {};
}

std::vector<Input> all_inputs(const Session& session) {
    std::vector<Input> all = session.spec.inputs;
    if (const auto command = command_input(session.spec)) all.insert(all.begin(), *command);
    all.insert(all.end(), session.shared.begin(), session.shared.end());
    return all;
}

std::string explained(const Session& session) {
    const Context& context = session.context;
    const std::string text = explain_inputs(all_inputs(session), context) + explain_file(session.spec, context);
    return for_log(mask(text), context.platform);
}

void log_given(const Session& session) {
    const Context& context = session.context;
    for (const Input& input : all_inputs(session)) {
        const std::string& origin = context.origins.at(input.name);
        if (origin != "default") sys::log_debug(fmt::format("{} = {} ({})", input.name, value_text(input), origin));
    }
}

bool reads_config(const Spec& spec) {
    return std::none_of(spec.commands.begin(), spec.commands.end(), [&](const Command& command) {
        return spec.command && command.name == *spec.command && !command.reads_config;
    });
}

Result<void> prepare(Session& session) {
    TRY_VOID(read_common(session));
    start_log(session.context);
    TRY_VOID(choose_command(session));
    TRY_VOID(refuse_extra_words(session));
    if (reads_config(session.spec)) TRY_VOID(read_config(session));
    Context& context = session.context;
    return fill(session.spec.tool, session.spec.inputs, {session.words, context.variables, context.section},
                context.origins);
}

report::Report failed(const Error& error) {
    report::Report report;
    report.verdict = report::Verdict::error;
    report.error = error;
    return report;
}

int finish(const Session& session, report::Report report, Milliseconds total) {
    if (report.tool.empty()) report.tool = session.spec.tool.empty() ? "fairlead" : session.spec.tool;
    if (report.environment.empty()) report.environment = session.context.environment;
    if (report.total == Milliseconds{0}) report.total = total;
    const auto published = publish(report, session.spec, session.context);
    const int status = report::exit_status(report);
    if (published.ok()) return status;
    complain(published.error(), session.context.platform);
    return status == 2 ? 2 : static_cast<int>(published.error().kind);
}

int say(const std::string& text, const Session& session) {
    const auto written = sys::write_stream(1, text);
    if (written.ok()) return 0;
    complain(written.error(), session.context.platform);
    return static_cast<int>(written.error().kind);
}

int run_session(Session& session, std::vector<std::string> arguments, const Tool& tool) {
    const auto start = std::chrono::steady_clock::now();
    session.shared = common_inputs(session.spec, session.context);
    const auto words = split_words(all_flags(session.spec, session.shared), std::move(arguments));
    if (words.ok()) session.words = words.value();
    const auto answered = words.ok() ? answer(session) : words.error();
    if (answered.ok() && answered.value()) return say(*answered.value(), session);

    Context& context = session.context;
    context.variables = sys::Environment::of_process();
    context.platform = sys::detect_platform(context.variables);
    sys::catch_signals();
    const auto ready = answered.ok() ? prepare(session) : answered.error();
    if (ready.ok() && session.words.flags.contains("explain-config")) return say(explained(session), session);
    if (ready.ok()) log_given(session);
    const auto report = ready.ok() ? tool(context) : ready.error();
    const auto total = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
    return finish(session, report.ok() ? report.value() : failed(report.error()), total);
}

}

int run(const Spec& spec, int argc, char** argv, const Tool& tool) {
    sys::hold_standard_streams();
    Session session{spec};
    try {
        return run_session(session, std::vector<std::string>(argv + std::min(argc, 1), argv + argc), tool);
    } catch (const std::exception& bug) {
        const auto error =
            could_not(fmt::format("internal error: {}; please report it with the command line", bug.what()));
        complain(error, session.context.platform);
    } catch (...) {
        complain(could_not("internal error of an unknown kind; please report it with the command line"),
                 session.context.platform);
    }
    return 3;
}

}
