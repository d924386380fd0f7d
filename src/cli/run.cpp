#include "cli/run.h"
#include "base/secrets/secret.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/comment.h"
#include "cli/common.h"
#include "cli/completion/completion.h"
#include "cli/explain.h"
#include "cli/hold.h"
#include "cli/inputs.h"
#include "cli/keep.h"
#include "cli/permit.h"
#include "cli/publish.h"
#include "cli/read_config.h"
#include "cli/render/man.h"
#include "cli/render/render.h"
#include "cli/rules.h"
#include "cli/secrets.h"
#include "cli/ways_out.h"
#include "report/formats.h"
#include "report/rules.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/files/writable.h"
#include "sys/signals.h"
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace fairlead::cli {
namespace {

using Tool = std::function<Result<report::Report>(const Context&)>;

// Of a file that may be anybody's: the completions ask while somebody types.
std::string environments(const Session& session) {
    const Held held = cli::held(session.spec, session.words, sys::Environment::of_process());
    if (held.programs == Held::Programs::none) hold(held);
    return environments_here();
}

// Answers --help, --version and --render: nothing is started for them, and nothing read but for the completions.
Result<std::optional<std::string>> answer(const Session& session) {
    const auto& flags = session.words.flags;
    if (asks_help(session.spec, session.words)) {
        if (const auto& words = session.words.words; has_rules_word(session.spec) && !words.empty())
            if (words.front() == rules_command().name)
                return std::optional(render_help(rules_alone(session.spec), &rules_command()));
        const Command* command = TRY(asked_command(session.spec, session.words));
        return std::optional(render_help(session.spec, command));
    }
    if (flags.contains("version")) {
        return std::optional(fmt::format("{} {} ({})\n", program_name(session.spec), version(), commit()));
    }
    const auto asked = flags.find("render");
    if (asked == flags.end()) return std::optional<std::string>{};
    const std::string& what = asked->second.back();
    if (what == "action") return std::optional(render_action(session.spec));
    if (what == "readme") return std::optional(render_readme(session.spec));
    if (what == "schema") return std::optional(render_schema(session.spec));
    if (what == "inputs") return std::optional(render_inputs(session.spec));
    if (what == "commands") return std::optional(render_commands(session.spec));
    if (what == "rules") return std::optional(session.spec.rules_page ? session.spec.rules_page() : std::string());
    if (what == "man") return std::optional(render_man(session.spec));
    if (what == "environments") return std::optional(environments(session));
    constexpr std::string_view completion = "completion-";
    if (what.starts_with(completion))
        if (auto script = render_completion(session.spec, what.substr(completion.size()))) return script;
    return usage(fmt::format("render '{}' is unknown; expected action, readme, schema, inputs, commands, rules, "
                             "man, completion-bash, completion-zsh, completion-fish or environments",
                             what));
}

// What the other steps need to report anything, an error of theirs included.
Result<void> read_common(Session& session) {
    Context& context = session.context;
    TRY_VOID(fill(session.spec.tool, session.shared, {session.words, context.variables, {}}, context.origins));
    std::set<std::string> named;
    std::vector<std::string> places;
    for (const std::string& output : context.output) {
        const OutputFile file = TRY(parse_output(output, format_names(session.spec)));
        TRY_VOID(refuse_source(file, context));
        TRY_VOID(refuse_twice(file, named));
        places.push_back(file.path);
    }
    for (const auto& place : places) TRY_VOID(sys::check_writable(place)); // after a deployment it would be too late
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

std::vector<Input> all_inputs(const Session& session) {
    std::vector<Input> all = session.spec.inputs;
    const auto command = command_input(session.spec);
    const bool named = command && std::find(command->allowed.begin(), command->allowed.end(), *session.spec.command) !=
                                      command->allowed.end();
    if (named) all.insert(all.begin(), *command);
    all.insert(all.end(), session.shared.begin(), session.shared.end());
    std::erase_if(all, [&](const Input& input) { return is_hidden(session.spec, input); });
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
        if (origin != "default") sys::log_debug(fmt::format("{} = {} ({})", input.name, input.target.shown(), origin));
    }
}

// What sys will let this run do. What only explains or lists gets nothing that a dry run wouldn't.
Result<void> permit(const Session& session) {
    const Context& context = session.context;
    const Command* command = chosen_command(session.spec);
    const auto name = command ? command->name : std::string();
    const bool only_tells = session.lists_rules || context.dry_run || session.words.flags.contains("explain-config");
    const auto needs = needs_of(session.spec, name, session.words, context.variables);
    const auto permitted = permit_of(session.spec, name, needs, context.change, only_tells);
    if (!permitted.ok()) return session.change.ok() ? permitted.error() : session.change.error();
    sys::permit(permitted.value(), program_name(session.spec) + (name.empty() ? "" : " " + name));
    return {};
}

// A removed folder has no path; whatever is looked for from it would be a riddle later.
Result<void> refuse_no_folder(const Command* command) {
    std::error_code gone;
    (void)std::filesystem::current_path(gone);
    if (!gone || (command && command->hidden)) return {};
    return usage("the current folder was removed; change into an existing folder with cd");
}

Result<void> prepare(Session& session) {
    TRY_VOID(read_common(session));
    start_log(session.context);
    Context& context = session.context;
    TRY_VOID(refuse_mistyped(session.spec, session.shared, context.variables));
    TRY_VOID(choose_command(session.spec, session.words, context.variables, context.origins));
    TRY_VOID(refuse_no_folder(chosen_command(session.spec)));
    session.lists_rules = TRY(asks_rules(session.spec, session.words));
    TRY_VOID(refuse_format(context, session.spec));
    TRY_VOID(refuse_foreign(session.spec, session.shared, session.words, context.variables));
    TRY_VOID(refuse_blank(session.spec, session.words, context.variables));
    const Command* command = chosen_command(session.spec);
    const bool instead = session.words.flags.contains(session.spec.instead_of_file);
    session.read = !session.lists_rules && !instead && (!command || command->reads_config);
    if (session.read) TRY_VOID(read_config(session));
    TRY_VOID(permit(session));
    const auto filled = fill(session.spec.tool, session.spec.inputs,
                             {session.words, context.variables, context.section,
                              session.spec.command ? *session.spec.command : std::string()},
                             context.origins);
    if (session.spec.hide) session.spec.hide(context);
    if (!filled.ok() || session.lists_rules) return filled;
    if (!session.words.flags.contains("explain-config")) session.signer = TRY(signer_of(session.spec, context));
    return refuse_written(session.spec, context);
}

report::Report failed(const Error& error) {
    report::Report report;
    report.verdict = report::Verdict::error;
    report.error = error;
    return report;
}

// What the person who types a printed command has to say again: the environment, and fairlead.yml's place or a root.
void complete_ways_out(report::Report& report, const Session& session) {
    const auto& context = session.context;
    const auto& flags = session.words.flags;
    const auto instead = flags.find(session.spec.instead_of_file);
    const auto file = flags.find("config");
    const bool by_option = instead != flags.end();
    const std::string config = file == flags.end() ? "" : file->second.back();
    const bool by_name =
        !context.environment.empty() && context.is_given("env") && context.origins.at("env") != "the only one";
    const std::string environment = by_name ? context.environment : "";
    const auto complete = [&](std::string& text) {
        text = by_option ? instead_of_environment(text, session.spec, instead->first, instead->second.back())
                         : with_environment(text, session.spec, environment, config);
    };
    complete(report.text);
    complete(report.facts);
    if (report.error) complete(report.error->message);
    for (auto& finding : report.findings) {
        complete(finding.message);
        for (auto& place : finding.also) complete(place.message);
    }
    for (auto& member : report.members) { // the commands that may come next
        if (member.name != "next" || !member.value->is_object()) continue;
        auto next = *member.value;
        for (auto& command : next) {
            auto text = command.is_string() ? command.get<std::string>() : std::string();
            complete(text);
            if (!text.empty()) command = text;
        }
        member = report::member("next", std::move(next));
    }
}

int finish(const Session& session, report::Report report, Milliseconds total) {
    const Command* command = chosen_command(session.spec);
    if (session.spec.tool.empty() && command && !command->reads_config && report.tool.empty())
        report.tool = command->name; // no waiver can mean it
    if (report.tool.empty()) report.tool = session.spec.tool.empty() ? "fairlead" : session.spec.tool;
    if (report.environment.empty()) report.environment = session.context.environment;
    if (report.total == Milliseconds{0}) report.total = total;
    complete_ways_out(report, session);
    report.rules = session.spec.rules.get();
    report.findings_key = session.spec.findings_key;
    report::decide(report, session.context.waivers);
    const auto published = publish(report, session.spec, session.context);
    const int status = report::exit_status(report);
    if (!published.ok()) { // the next job may not read a pass where this one ended with an error
        report.verdict = report::Verdict::error;
        report.error = published.error();
    }
    const bool decides = !session.lists_rules && !report.is_interim;
    if (decides) keep_verdict(report, session.spec, session.context);
    if (decides) sign_verdict(report, session.spec, session.context, session.signer);
    if (decides) comment(session, report);
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

// The values and where they came from, and then whether the tool could work with them.
int explain_config(const Session& session) {
    const int said = say(explained(session), session);
    const bool asks = session.spec.check && !session.lists_rules;
    const auto judged = asks ? session.spec.check(session.context) : Result<void>();
    if (judged.ok()) return said;
    complain(judged.error(), session.context.platform);
    return static_cast<int>(judged.error().kind);
}

// Said where somebody asks for every step: an old kernel or a container is no fault of this run.
void tell_loose(const std::string& loose) {
    if (!loose.empty()) sys::log_debug(loose);
}

// What the job's change makes milder, beside what was found: a warning decides nothing.
void tell_milder(const Session& session, report::Report& report) {
    const Context& context = session.context;
    if (!session.read || report.verdict == report::Verdict::error) return;
    for (auto& finding : config::milder_by(context.change, context.config, context.looked_from(), session.spec.tool,
                                           session.spec.milder))
        report.findings.push_back(std::move(finding));
}

// What stays is not done before it is known that it can be told.
Result<report::Report> act(const Session& session, const Tool& tool) {
    const Command* command = chosen_command(session.spec);
    const bool stays = command && (command->lasting || command->irreversible) && !session.context.dry_run;
    if (stays) TRY_VOID(check_places(session.context, session.spec));
    return tool(session.context);
}

int run_session(Session& session, const std::vector<std::string>& arguments, const Tool& tool) {
    const auto start = std::chrono::steady_clock::now();
    session.shared = common_inputs(session.spec, session.context);
    const auto words = split_words(all_flags(session.spec, session.shared), arguments);
    if (words.ok()) session.words = words.value();
    const auto answered = words.ok() ? answer(session) : words.error();
    if (answered.ok() && answered.value()) return say(*answered.value(), session);

    Context& context = session.context;
    context.variables = sys::Environment::of_process();
    context.platform = sys::detect_platform(context.variables);
    sys::catch_signals();
    if (answered.ok() && session.spec.helpers) session.spec.helpers(context.variables);
    if (answered.ok()) start_commenting(session, context.variables);
    const Held held = cli::held(session.spec, session.words, context.variables);
    const bool at_once = held.programs == Held::Programs::none;
    const std::string loose = at_once ? hold(held) : "";
    auto change = config::change_of_job(context.variables);
    session.change = change.ok() ? Result<void>() : Result<void>(change.error());
    context.change = change.ok() ? std::move(change).value() : config::Change{.foreign = true};
    register_secrets(session.spec, arguments, session.words, context.change, context.variables);
    const auto ready = answered.ok() ? prepare(session) : answered.error();
    if (ready.ok() && session.words.flags.contains("explain-config")) return explain_config(session);
    if (ready.ok()) log_given(session);
    tell_loose(loose);
    if (ready.ok() && !session.lists_rules) drop_verdict(session.spec, context);
    if (ready.ok() && at_once) tell_loose(hold_writes(session.spec, context, session.signer.folder));
    if (held.programs == Held::Programs::at_first)
        context.hold = [&] {
            tell_loose(hold(held));
            tell_loose(hold_writes(session.spec, context, session.signer.folder));
        };
    auto report = !ready.ok()           ? Result<report::Report>(ready.error())
                  : session.lists_rules ? report::list_rules(session.spec.tool, session.spec.rules.get())
                                        : act(session, tool);
    if (report.ok()) tell_milder(session, report.value());
    // What was looked at may lack what the signal cut off: that is no answer, and no output.
    if (report.ok() && sys::stop_requested() && !session.spec.settles_signals && !report->is_done)
        report = could_not("interrupted; nothing was decided");
    const auto total = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
    return finish(session, report.ok() ? report.value() : failed(report.error()), total);
}

}

bool Context::is_given(const std::string& input) const {
    const auto origin = origins.find(input);
    return origin != origins.end() && origin->second != "default";
}

std::string Context::looked_from() const {
    const auto origin = origins.find("config");
    std::error_code ignored;
    if (origin != origins.end() && origin->second != "the nearest" && origin->second != "default") return {};
    return std::filesystem::current_path(ignored).string();
}

Place Context::place_of(const std::string& input, std::string_view key) const {
    const auto origin = origins.find(input);
    const bool from_file = origin != origins.end() && origin->second.starts_with(config.file() + ":");
    return from_file ? section.at(key).place() : Place{};
}

int run(const Spec& spec, int argc, char** argv, const Tool& tool) {
    // A process of ours that lives on stays open to others of ours: they prove by its descriptors that it is the one
    // that they started. Its variables were chosen for it.
    const bool lives_on = std::any_of(spec.commands.begin(), spec.commands.end(), [&](const Command& command) {
        return command.hidden && argc > 1 && command.name == argv[1];
    });
    if (!lives_on) sys::keep_from_others();
    sys::Environment::take();
    return run_here(spec, argc, argv, tool);
}

int run_here(const Spec& spec, int argc, char** argv, const Tool& tool) {
    sys::hold_standard_streams();
    const Spec whole = with_rules(spec);
    Session session{whole};
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
