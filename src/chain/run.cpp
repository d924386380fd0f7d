#include "chain/run.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/version.h"
#include "chain/check.h"
#include "chain/reports.h"
#include "chain/variables.h"
#include "report/github.h"
#include "report/kept.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/git/repository.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::chain {

namespace {

struct Chain {
    const config::Config& config;
    const RunOptions& options;
    std::string folder;                    // where fairlead.yml is: steps run there
    sys::Root out;                         // where the verdicts go; a dry run keeps none
    std::string version = {};              // tag's, for deploy and smoke
    std::string started = {};              // when the first command began: what gate judges is not older
    bool serves = false, deployed = false; // deploy said yes; by an act of this run
    bool first_release = false;
    std::vector<std::pair<std::string, Stamps>> evidence = {}; // what failing steps wrote for gate
    bool explained = false;                                    // gate's reports tell of something that failed
};

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

// Without --env the only environment is meant, as deploy takes it (or refuses to, where it is production); smoke then
// asks what deploy has deployed.
std::string environment_of(const Chain& chain, std::string_view tool) {
    const auto all = chain.config.environments();
    const bool goes_there = tool == "deploy" || tool == "smoke";
    if (!chain.options.environment.empty() || !goes_there || all.size() != 1) return chain.options.environment;
    return tool == "deploy" && chain.config.profile(all.front()) == config::Profile::production ? "" : all.front();
}

std::vector<std::string> flags_of(const RunOptions& options, const std::string& tool) {
    auto flags = options.flags;
    if (tool == "deploy" && !options.confirm.empty()) flags.insert(flags.end(), {"--confirm", options.confirm});
    return flags;
}

// Where a command runs: in the tree, whatever links it holds.
Result<std::string> folder_of(const Chain& chain, const Step& step) {
    if (step.folder.empty()) return chain.folder;
    const auto tree = TRY(sys::root_around(chain.folder));
    const auto named = TRY(sys::named_by_tree(tree, chain.folder, step.folder, "keep it in this repository"));
    const auto real = tree.real(named.path);
    if (!real.ok())
        return usage(fmt::format("step '{}': folder '{}': {}", step.name, step.folder, real.error().message));
    return (tree.path() / real.value()).string();
}

Result<sys::Command> command_of(const Chain& chain, const Step& step) {
    sys::Command command;
    command.folder = chain.folder;
    command.inherit_output = true;
    if (chain.options.stream == 2) command.one_stream = 2;
    // A deployment takes up to 7 s to put the route back; the runner's next signal, after 7.5 s, would end only us.
    command.patience = Milliseconds{7200};
    if (!step.is_tool()) {
        command.argv = step.argv;
        command.folder = TRY(folder_of(chain, step));
        command.environment = command_variables(chain.config, chain.options.environment);
        command.any_path = true;
        if (!chain.started.empty()) set_variable(*command.environment, "FAIRLEAD_RUN_STARTED", chain.started);
        // The runner reads stdout and stderr side by side: what is on stderr could come before stop-commands.
        if (sys::parses_commands(chain.options.platform)) command.one_stream = chain.options.stream;
        return command;
    }
    command.masks_itself = true;
    command.whose = sys::Whose::ours;
    command.argv =
        tool_command(chain.config, step.name, environment_of(chain, step.name), flags_of(chain.options, step.name));
    command.argv.insert(command.argv.end(),
                        {"--output", "json:" + (chain.out.path() / report::kept_name(step.name)).string()});
    auto variables = TRY(step_variables(step.name, sys::Child::step)).pairs;
    // By its variable: not every tool can do anything, and one that only looks has no such flag.
    if (chain.options.dry_run) set_variable(variables, variable_of(step.name, "dry-run"), "true");
    if (!chain.started.empty()) set_variable(variables, "FAIRLEAD_RUN_STARTED", chain.started);
    if (!chain.version.empty()) {
        set_variable(variables, variable_of("deploy", "release-version"), chain.version);
        if (chain.config.section("smoke", environment_of(chain, "smoke")).at("ready.from").present())
            set_variable(variables, variable_of("smoke", "expect-version"), chain.version);
    }
    command.environment = std::move(variables);
    return command;
}

// What is wrong with the section of a later tool, and the program that isn't there, are told before the first step
// runs: then nothing was touched.
Result<void> check_steps(const Chain& chain, const std::vector<Step>& steps) {
    std::vector<std::string> wrong, told;
    auto kind = Kind::could_not;
    for (const auto& step : steps) {
        if (!step.skipped.empty()) continue;
        if (!step.is_tool()) {
            TRY(folder_of(chain, step));
            continue;
        }
        for (const auto& name : TRY(step_variables(step.name, sys::Child::step)).ignored)
            sys::log_warning(
                fmt::format("step '{}' takes its settings only from fairlead.yml; {} is ignored", step.name, name));
        const auto complaint =
            ask_tool(chain.config, step.name, environment_of(chain, step.name), flags_of(chain.options, step.name));
        if (!complaint) continue;
        wrong.push_back("'" + step.name + "'");
        if (complaint->kind == Kind::usage) kind = Kind::usage;
        if (std::find(told.begin(), told.end(), complaint->text) != told.end()) continue; // a key that is common to all
        told.push_back(complaint->text);
        TRY_VOID(sys::write_stream(2, complaint->text));
    }
    if (!wrong.empty()) {
        const auto names =
            wrong.size() == 1 ? fmt::format("step {} is", wrong[0]) : fmt::format("steps {} are", join(wrong, ", "));
        return Error{kind, names + (kind == Kind::usage ? " set up wrongly" : " not ready") + "; no step was run", {}};
    }
    auto missing = missing_programs(steps, chain.folder);
    const bool deploys = std::any_of(steps.begin(), steps.end(),
                                     [](const Step& step) { return step.name == "deploy" && step.skipped.empty(); });
    if (auto need = serving_need(chain.config, environment_of(chain, "deploy")); deploys && need)
        if (!locate(*need, chain.folder)) missing.push_back(std::move(*need));
    for (const auto& need : missing)
        return could_not(
            fmt::format("{} was not found ({}); no step was run; {}", need.program, need.why, need.way_out));
    return {};
}

// Takes the tool's last verdict, adds the commit that it speaks of, and returns what was decided.
std::string keep_verdict(Chain& chain, const Step& step) {
    const auto stamped = report::stamp_kept(chain.out, step.name, report::stamp_of(chain.folder));
    if (!stamped) return "";
    const report::Kept& kept = stamped->kept;
    if (const auto written = chain.out.write(report::kept_name(step.name), stamped->bytes, 0600); !written)
        sys::log_warning(written.error().message);
    if (step.name == "deploy") {
        chain.serves = kept.passed();
        chain.deployed = chain.serves && kept.output("verdict") == "deployed"; // else nothing is to take back
        chain.first_release = kept.output("previous").empty();
    }
    if (step.name == "gate") chain.explained = kept.failures > 0;
    if (step.name == "tag") chain.version = kept.version;
    if (!kept.error.empty()) return kept.error;
    if (step.name == "tag" && !chain.version.empty()) return "version " + chain.version;
    return kept.decided;
}

// A judged command that failed knows more than its report when that tells of no failure: nobody knows then what failed.
void judge_tool(Chain& chain, const Step& step, Outcome& outcome) {
    outcome.decided = keep_verdict(chain, step);
    if (chain.options.dry_run && outcome.status == 0) outcome.turn = Turn::named;
    if (step.name != "gate" || outcome.status != 0 || chain.evidence.empty() || chain.explained) return;
    outcome.status = 1;
    outcome.decided =
        fmt::format("step '{}' failed, but no report shows a failure; see its output", chain.evidence.front().first);
}

// The status of the user's own command says only yes or no: make's 2 is no wrong use of ours. From 126 on a shell says
// that it could not start the command, or that a signal ended it: no report speaks of that, so no gate judges it.
void judge_command(const Step& step, const sys::Output& done, Outcome& outcome) {
    const auto words = join(step.argv, " ");
    outcome.status = done.status == 0 ? 0 : sys::stop_requested() ? 3 : 1;
    if (done.status == 0) return;
    outcome.decided = done.signal != 0 ? fmt::format("'{}' was ended by signal {}", words, done.signal)
                                       : fmt::format("'{}' ended with status {}", words, done.status);
    if (!step.judged || done.signal != 0 || done.status >= 126 || sys::stop_requested()) return;
    outcome.turn = Turn::judged;
    outcome.decided = fmt::format("failed (status {}); gate judges", done.status);
}

// One report speaks for one command: a failing one that wrote none of gate's decides by itself, and so does one that
// writes over all that another one has told.
void judge_reports(Chain& chain, const Step& step, const Stamps& before, const Stamps& after, int status,
                   Outcome& outcome) {
    const auto refuse = [&](std::string why) {
        outcome.turn = Turn::ran;
        outcome.status = 1;
        outcome.decided = std::move(why);
    };
    for (const auto& [name, written] : chain.evidence)
        if (step.judged && !any_left(written, after))
            return refuse(fmt::format(
                "replaced every report of '{}' that gate should judge; let each step write its own reports", name));
    if (outcome.turn != Turn::judged) return;
    auto written = written_between(before, after);
    if (written.empty())
        return refuse(
            fmt::format("'{}' ended with status {} and wrote no report that gate reads", join(step.argv, " "), status));
    chain.evidence.emplace_back(step.name, std::move(written));
}

// File times come from the kernel's tick, which is up to 10 ms old. A chain within a chain begins again with its own
// first command; without one, what the outer one made is its evidence.
void note_start(Chain& chain, const Step& step) {
    if (step.is_tool() || !chain.started.empty()) return;
    chain.started = format_utc(sys::real_clock().now() - Milliseconds{10});
}

Result<Outcome> run_step(Chain& chain, const Step& step) {
    Outcome outcome;
    outcome.name = step.name;
    if (chain.options.dry_run && !step.is_tool()) {
        outcome.decided = "would run: " + join(step.argv, " ");
        outcome.turn = Turn::named;
        return outcome;
    }
    note_start(chain, step);
    const auto command = TRY(command_of(chain, step));
    const auto stamps = [&] {
        return step.judged ? report_stamps(chain.config, environment_of(chain, "gate")) : Result<Stamps>(Stamps());
    };
    const auto before = TRY(stamps());
    auto& clock = sys::real_clock();
    const auto start = clock.steady();
    const auto ended = [&] {
        const Fold fold(step, chain.options);
        return sys::run(command);
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
        judge_tool(chain, step, outcome);
    else
        judge_command(step, done, outcome);
    const auto written = TRY(stamps());
    if (step.judged) judge_reports(chain, step, before, written, done.status, outcome);
    if (outcome.decided.empty())
        outcome.decided =
            done.status == 0 ? "done" : fmt::format("ended with status {} without a verdict", done.status);
    return outcome;
}

// Alone it would judge what an earlier run left: gate the reports of the commands, deploy and smoke tag's version.
bool stands_on_others(const std::vector<Step>& steps, std::string_view name) {
    for (const auto& step : steps) {
        if (step.name == name) return false;
        if (name == "gate" && !step.is_tool()) return true;
        if ((name == "deploy" || name == "smoke") && step.name == "tag") return true;
    }
    return false;
}

// The command that comes after this run, or nothing.
std::string next_command(const Chain& chain, const std::vector<Step>& steps, const std::vector<Outcome>& outcomes) {
    const auto environment = environment_of(chain, "deploy");
    const auto words = [&](const std::string& command, const std::string& name) {
        const auto& file = chain.options.config; // as it was given: without it the nearest is found again
        return command + (name.empty() ? "" : " --env " + shell_word(name)) +
               (file.empty() ? "" : " --config " + shell_word(file));
    };
    const auto in_chain = [&](std::string_view name) {
        return std::any_of(steps.begin(), steps.end(),
                           [&](const Step& s) { return s.name == name && s.skipped.empty(); });
    };
    const auto no = std::find_if(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return o.failed(); });
    if (no != outcomes.end()) {
        if (chain.options.dry_run || !chain.deployed)
            return words(stands_on_others(steps, no->name) || no->name.find(',') != no->name.npos
                             ? "fairlead run"
                             : "fairlead run --only " + shell_word(no->name),
                         chain.options.environment);
        if (!chain.first_release) return words("fairlead-deploy rollback", environment) + " (takes the release back)";
        const bool guarded = chain.config.profile(environment) == config::Profile::production;
        return words("fairlead-deploy down", environment) + (guarded ? " --confirm " + shell_word(environment) : "") +
               " (stops it; no release was there before)";
    }
    if (chain.options.dry_run) return words("fairlead run", chain.options.environment);
    if (in_chain("smoke")) return chain.serves ? words("fairlead-deploy history", environment) : "";
    if (in_chain("deploy"))
        return words(chain.config.section("smoke", environment).present() ? "fairlead-smoke"
                                                                          : "fairlead-deploy status --check",
                     environment);
    const bool deploys = chain.config.section("deploy", environment).present();
    return deploys ? words("fairlead-deploy plan", environment) : "";
}

report::Report report_of(const Chain& chain, const std::vector<Step>& steps, const std::vector<Outcome>& outcomes) {
    report::Report report;
    report.tool = "run";
    report.text = "\n" + table(outcomes);
    report.summary = {.heading = "fairlead run", .tables = {summary_table(outcomes)}};
    std::string failed;
    for (const auto& outcome : outcomes) {
        if (outcome.failed() && failed.empty()) failed = outcome.name;
        if (outcome.turn == Turn::skipped) report.skipped.push_back({outcome.name, outcome.decided});
        report.cases.push_back(case_of(outcome));
        if (outcome.failed())
            report.findings.push_back({.rule = "run/step-failed",
                                       .message = fmt::format("step '{}' failed: {}", outcome.name, outcome.decided)});
    }
    const int status = overall_status(outcomes);
    if (status != 0) {
        report.verdict = status == 1 ? report::Verdict::fail : report::Verdict::error;
        if (status != 1) report.error = Error{status == 2 ? Kind::usage : Kind::could_not, "", {}};
    }
    report.says = report::Says::answer;
    report.facts = facts_of(outcomes, chain.options.dry_run);
    if (status == 0 && chain.options.dry_run) { // which answers nothing
        report.says = report::Says::facts;
        report.facts = "dry run: " + report.facts;
    } else if (!failed.empty() && sys::stop_requested()) {
        report.says = report::Says::facts;
        report.facts = fmt::format("interrupted during {}", failed);
    }
    if (!sys::stop_requested()) report.summary.next = next_command(chain, steps, outcomes);
    report.verdict_output = "verdict";
    report.outputs = {{"verdict", ""}, {"failed", failed}};
    return report;
}

}

Result<report::Report> run(const config::Config& config, const std::vector<Step>& steps, const RunOptions& options) {
    Chain chain{config, options, config.folder(), sys::Root::everything()};
    TRY_VOID(check_steps(chain, steps));
    std::optional<sys::TemporaryFolder> scratch; // a dry run, too, hands tag's version on
    if (options.dry_run) {
        auto folder = TRY(sys::TemporaryFolder::make("fairlead-run"));
        chain.out = TRY(sys::Root::open(scratch.emplace(std::move(folder)).path()));
    } else {
        chain.out = TRY(report::make_kept_folder(chain.folder));
    }
    for (const auto& step : steps) // no verdict of an earlier run is taken for one of this
        if (step.is_tool() && step.skipped.empty()) TRY_VOID(chain.out.remove(report::kept_name(step.name)));
    std::vector<Outcome> outcomes;
    bool stopped = false;
    for (const auto& step : steps) {
        if (!step.skipped.empty()) {
            outcomes.push_back({step.name, 0, Milliseconds{0}, step.skipped, Turn::skipped});
            continue;
        }
        if (stopped || sys::stop_requested()) {
            outcomes.push_back({step.name, 0, Milliseconds{0}, "not run", Turn::not_reached});
            continue;
        }
        auto outcome = TRY(run_step(chain, step));
        outcomes.push_back(std::move(outcome));
        stopped = outcomes.back().failed() && !options.dry_run; // a dry run touches nothing: it tells all
    }
    if (sys::stop_requested() && !stopped)
        return could_not("interrupted; the reports of finished steps are in .fairlead/out");
    return report_of(chain, steps, outcomes);
}

}
