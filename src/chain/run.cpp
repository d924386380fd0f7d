#include "chain/run.h"
#include "base/text.h"
#include "base/version.h"
#include "report/github.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/files.h"
#include "sys/git.h"
#include "sys/json.h"
#include "sys/log.h"
#include "sys/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>

namespace fairlead::chain {

namespace {

struct Chain {
    const config::Config& config;
    const RunOptions& options;
    std::string folder;  // where fairlead.yml is: steps run there
    sys::Path out;       // where the verdicts go; a dry run keeps none
    std::string version; // tag's, for deploy and smoke
};

sys::Path out_file(const Chain& chain, const std::string& tool) { return chain.out / (tool + ".json"); }

// Under GitHub each step folds, and a foreign command's output is not read for workflow commands.
struct Fold {
    Fold(const Step& step, const RunOptions& options)
        : on(sys::parses_commands(options.platform)), stream(options.stream) {
        if (!on) return;
        say(fmt::format("::group::{}\n", report::escape_data(step.name)));
        if (step.is_tool()) return;
        token = sys::random_hex(16);
        say(fmt::format("::stop-commands::{}\n", token));
    }
    ~Fold() {
        if (!on) return;
        if (!token.empty()) say(fmt::format("\n::{}::\n", token)); // the last line may lack its end
        say("::endgroup::\n");
    }
    Fold(const Fold&) = delete;
    Fold& operator=(const Fold&) = delete;
    void say(std::string_view text) const { (void)sys::write_stream(stream, text); }
    bool on;
    int stream;
    std::string token;
};

// Our own words in the environment: `--skip smoke` of the chain is no rule of scan's.
bool is_ours(std::string_view variable) {
    constexpr std::string_view names[] = {"FAIRLEAD_COMMAND=", "FAIRLEAD_ONLY=", "FAIRLEAD_SKIP=", "FAIRLEAD_FORCE="};
    return std::any_of(std::begin(names), std::end(names), [&](auto name) { return variable.starts_with(name); });
}

sys::Command command_of(const Chain& chain, const Step& step) {
    sys::Command command;
    command.folder = chain.folder;
    command.inherit_output = true;
    if (chain.options.stream == 2) command.one_stream = 2;
    // A deployment takes up to 7 s to put the route back; the runner's next signal, after 7.5 s, would end only us.
    command.patience = Milliseconds{7200};
    if (!step.is_tool()) {
        command.argv = step.argv;
        // The runner reads stdout and stderr side by side: what is on stderr could come before stop-commands.
        if (sys::parses_commands(chain.options.platform)) command.one_stream = chain.options.stream;
        return command;
    }
    command.argv = {sys::tool_program("fairlead-" + step.name), "--config", sys::Path(chain.config.file()).filename(),
                    "--output", "json:" + out_file(chain, step.name).string()};
    if (!chain.options.environment.empty())
        command.argv.insert(command.argv.end(), {"--env", chain.options.environment});
    if (chain.options.dry_run) command.argv.push_back("--dry-run");
    command.argv.insert(command.argv.end(), chain.options.flags.begin(), chain.options.flags.end());
    auto variables = sys::child_environment(sys::Environment::of_process(), sys::Child::step);
    std::erase_if(variables, is_ours);
    if (!chain.version.empty()) {
        variables.push_back("FAIRLEAD_DEPLOY_RELEASE_VERSION=" + chain.version);
        if (chain.config.section("smoke", chain.options.environment).at("ready.from").present())
            variables.push_back("FAIRLEAD_SMOKE_EXPECT_VERSION=" + chain.version);
    }
    command.environment = std::move(variables);
    return command;
}

// What is wrong with the section of a later tool is told before the first step runs: then nothing was touched.
Result<void> check_tools(const Chain& chain, const std::vector<Step>& steps) {
    for (const auto& step : steps) {
        if (!step.is_tool()) continue;
        auto command = command_of(chain, step);
        command.argv.emplace_back("--explain-config");
        command.inherit_output = false;
        command.one_stream = 0;
        const auto done = sys::run(command);
        if (!done.ok() || done->status != static_cast<int>(Kind::usage)) continue; // the step itself will say more
        TRY_VOID(sys::write_stream(2, done->err));                                 // masked and disarmed by the tool
        return usage(fmt::format("step '{}' is set up wrongly; no step was run", step.name));
    }
    return {};
}

std::string text_at(const sys::Json& document, std::string_view pointer) {
    const auto* value = sys::json_pointer(document, pointer);
    return value && value->is_string() ? value->get<std::string>() : "";
}

// Takes the tool's last verdict, adds the commit that it speaks of, and returns what was decided.
std::string keep_verdict(Chain& chain, const Step& step) {
    const auto path = out_file(chain, step.name);
    auto text = sys::read_file(path);
    if (!text) return "";
    auto document = sys::parse_json(text.value(), path.string());
    if (!document || !document.value().is_object()) return "";
    auto& json = document.value();
    if (step.name == "tag") chain.version = text_at(json, "/labels/org.opencontainers.image.version");
    if (auto repository = sys::Repository::open(chain.folder)) json["commit"] = repository->head_commit().value_or("");
    if (auto written = sys::write_file(path, sys::dump_json(json, 1) + "\n"); !written)
        sys::log_warning(written.error().message);
    if (const auto message = text_at(json, "/error/message"); !message.empty()) return message;
    if (step.name == "tag" && !chain.version.empty()) return "version " + chain.version;
    return text_at(json, "/decided");
}

// The status of the user's own command says only yes or no: make's 2 is no wrong use of ours.
void judge_command(const Step& step, const sys::Output& done, Outcome& outcome) {
    const auto words = join(step.argv, " ");
    outcome.status = done.status == 0 ? 0 : sys::stop_requested() ? 3 : 1;
    if (done.status != 0)
        outcome.decided = done.signal != 0 ? fmt::format("'{}' was ended by signal {}", words, done.signal)
                                           : fmt::format("'{}' gave status {}", words, done.status);
}

Result<Outcome> run_step(Chain& chain, const Step& step) {
    Outcome outcome;
    outcome.name = step.name;
    if (chain.options.dry_run && !step.is_tool()) {
        outcome.decided = "would run: " + join(step.argv, " ");
        return outcome;
    }
    auto& clock = sys::real_clock();
    const auto start = clock.steady();
    if (step.is_tool()) TRY_VOID(sys::remove_tree(out_file(chain, step.name))); // no verdict of an earlier run
    const auto ended = [&] {
        const Fold fold(step, chain.options);
        return sys::run(command_of(chain, step));
    }();
    outcome.time = std::chrono::duration_cast<Milliseconds>(clock.steady() - start);
    if (!ended) {
        outcome.status = static_cast<int>(ended.error().kind);
        outcome.decided = ended.error().message;
        return outcome;
    }
    const auto& done = ended.value();
    outcome.status = done.status;
    if (step.is_tool())
        outcome.decided = keep_verdict(chain, step);
    else
        judge_command(step, done, outcome);
    if (outcome.decided.empty())
        outcome.decided = done.status == 0 ? "done" : fmt::format("gave status {} without a verdict", done.status);
    return outcome;
}

// Git overlooks it by itself: verdicts are not committed, and a tree with them is not dirty.
Result<void> make_out(const sys::Path& out) {
    TRY_VOID(sys::make_folders(out));
    const auto ignore = out / ".gitignore";
    return sys::inspect(ignore).type == sys::FileType::absent ? sys::write_file(ignore, "*\n") : Result<void>();
}

report::Report report_of(const std::vector<Outcome>& outcomes) {
    report::Report report;
    report.tool = "run";
    report.text = "\n" + table(outcomes);
    report.summary = "### fairlead run\n\n" + markdown_table(outcomes);
    std::string failed;
    for (const auto& outcome : outcomes)
        if (outcome.ran && outcome.status != 0) failed = outcome.name;
    const int status = overall_status(outcomes);
    if (status != 0) {
        report.verdict = status == 1 ? report::Verdict::fail : report::Verdict::error;
        if (status != 1) report.error = Error{status == 2 ? Kind::usage : Kind::could_not, "", {}};
    }
    report.closing = failed.empty() ? "yes: every step passed" : fmt::format("no: stopped at {}", failed);
    if (!failed.empty() && sys::stop_requested()) report.closing = fmt::format("interrupted during {}", failed);
    if (report.error) report.error->message = report.closing;
    report.outputs = {{"verdict", std::string(report::name_of(report.verdict))}, {"failed", failed}};
    return report;
}

}

Result<report::Report> run(const config::Config& config, const std::vector<Step>& steps, const RunOptions& options) {
    Chain chain{config, options, config.folder(), sys::Path(config.folder()) / ".fairlead/out", ""};
    TRY_VOID(check_tools(chain, steps));
    std::optional<sys::TemporaryFolder> scratch; // a dry run, too, hands tag's version on
    if (options.dry_run)
        chain.out = scratch.emplace(TRY(sys::TemporaryFolder::make("fairlead-run"))).path();
    else
        TRY_VOID(make_out(chain.out));
    std::vector<Outcome> outcomes;
    bool stopped = false;
    for (const auto& step : steps) {
        if (stopped || sys::stop_requested()) {
            outcomes.push_back({step.name, 0, Milliseconds{0}, "not run", false});
            continue;
        }
        outcomes.push_back(TRY(run_step(chain, step)));
        stopped = outcomes.back().status != 0;
    }
    if (sys::stop_requested() && !stopped) return could_not("interrupted; what was finished stands in .fairlead/out");
    return report_of(outcomes);
}

}
