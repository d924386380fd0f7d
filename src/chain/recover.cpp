#include "chain/recover.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "chain/recovery.h"
#include "chain/recovery_file.h"
#include "config/env_file.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <fmt/format.h>

namespace fairlead::chain {

namespace {

struct Said {
    int status = 0;
    sys::Json json = sys::Json::object();
    std::string why; // its closing line, or its error
};

struct Emergency {
    const config::Config& config;
    const RecoverOptions& options;
    Ground ground;
    std::string environment;            // whose
    std::vector<std::string> variables; // of the tools
    RecoveryFile file;
    Recovery recovery = {};
    bool only_smoked = false;                                   // all else was done by the run before
    std::vector<std::pair<std::string, std::string>> told = {}; // stage, result
};

// Ours; where DATABASE_URL and its like are not set, those of env.file, which the application has them from.
std::vector<std::string> variables_of(const config::Config& config, const std::string& environment) {
    auto all = sys::Environment::of_process().all();
    for (const auto& [name, value] : config::env_file(config, environment))
        if (auto& one = all[name]; one.empty()) one = value;
    return sys::child_environment(sys::Environment(std::move(all)), sys::Child::step);
}

std::vector<std::string> program_of(std::vector<std::string> words) {
    words[0] = sys::tool_program(words[0]);
    return words;
}

sys::Command command_of(const Emergency& now, const std::vector<std::string>& words) {
    sys::Command command;
    command.argv = program_of(words);
    command.whose = sys::Whose::ours;
    command.environment = now.variables;
    command.patience = Milliseconds{7200}; // a deployment takes up to 7 s to put the route back
    return command;
}

// Asked for its JSON.
Result<Said> ask(const Emergency& now, std::vector<std::string> words) {
    const auto name = words[0];
    words.insert(words.end(), {"--format", "json"});
    const auto done = TRY(sys::run(command_of(now, words)));
    Said said{.status = done.status};
    const auto object = sys::parse_json(done.out, name);
    if (object.ok() && object->is_object()) said.json = object.value();
    const auto error = said.json.value("error", sys::Json());
    said.why = error.is_object() ? sys::text_of(error, "message") : sys::text_of(said.json, "decided");
    if (said.why.empty()) said.why = fmt::format("{} ended with status {}", name, done.status);
    said.why = printable(said.why);
    return said;
}

// With its output on ours. Its exit status.
Result<int> tell(const Emergency& now, const std::vector<std::string>& words) {
    auto command = command_of(now, words);
    command.inherit_output = true;
    command.masks_itself = true;
    if (now.options.stream == 2) command.one_stream = 2;
    return TRY(sys::run(command)).status;
}

Result<void> keep(const Emergency& now) { return now.file.write(now.recovery); }

Result<void> finished(Emergency& now, const std::string& stage, const std::string& result) {
    now.told.emplace_back(stage, result);
    (void)sys::write_stream(now.options.stream, fmt::format("== {}: {}\n", stage, result));
    now.recovery.done.push_back(stage);
    now.recovery.goes_on = stage != "smoke"; // the last: whoever loses the data after it begins anew
    TRY_VOID(keep(now));
    sys::fault_point("recover-" + stage);
    if (sys::stop_requested())
        return could_not(
            fmt::format("interrupted after {}; run it again to go on with set {}", stage, now.recovery.set));
    return {};
}

// The release that serves or, where none does, served last.
Result<std::string> release_of(const Emergency& now, const Stage& status) {
    if (!now.ground.deploys) return std::string();
    const auto said = TRY(ask(now, status.commands.front()));
    if (said.status != 0) return could_not("the deployed release can't be determined: " + said.why);
    const auto current = sys::text_of(said.json, "current");
    return current.empty() ? sys::text_of(said.json, "previous") : current;
}

std::vector<std::string> restore_of(const Emergency& now) {
    for (const auto& stage : stages(now.ground, now.recovery))
        if (stage.name == "restore") return stage.commands.front();
    return {"fairlead-backup", "restore"};
}

// That it is whole, and that its target is known: while all still serves.
Result<void> check_set(const Emergency& now, const std::vector<std::string>& verify) {
    auto restore = restore_of(now);
    restore.emplace_back("--dry-run");
    for (const auto& words : {verify, restore}) {
        const auto said = TRY(ask(now, words));
        // What serves still has its database open: that is status 3, and ends by the stop.
        if (said.status == 0 || (words == restore && said.status == 3)) continue;
        const auto kind = said.status == 1 ? Kind::no : said.status == 2 ? Kind::usage : Kind::could_not;
        return Error{kind,
                     fmt::format("set {} can't be used: {}; nothing was stopped. Fix that, or use another set: run "
                                 "fairlead-backup list, then fairlead recover ID",
                                 now.recovery.set, said.why),
                     {}};
    }
    return {};
}

// Of what still answers. Why there is none stops nothing.
Result<std::string> back_up(Emergency& now, const Stage& stage) {
    auto commands = stage.commands;
    std::string result;
    const auto made = TRY(ask(now, commands[0]));
    if (made.status == 0) {
        const auto id = sys::text_of(made.json, "id");
        now.recovery.emergency.push_back(id);
        TRY_VOID(keep(now));
        commands[1][2] = id;
        const auto proven = TRY(ask(now, commands[1]));
        result = fmt::format("{}, {}", id, proven.status == 0 ? "verified" : "not verified: " + proven.why);
    } else {
        result = "the present data could not be backed up: " + made.why;
    }
    TRY_VOID(check_set(now, commands[2]));
    return fmt::format("{}; {} is whole", result, now.recovery.set);
}

Result<void> act(const Emergency& now, const Stage& stage) {
    for (const auto& words : stage.commands) {
        const int status = TRY(tell(now, words));
        if (status == 0) continue;
        auto why = fmt::format(
            "{} failed (status {}); when the cause is gone, run fairlead recover again: it goes on there, with set {}",
            stage.name, status, now.recovery.set);
        if (now.recovery.has("restore"))
            why += fmt::format("; if the data was changed after the restore, first run: {}", line_of(restore_of(now)));
        return Error{status == 1 ? Kind::no : Kind::could_not, why, {}};
    }
    return {};
}

Result<void> carry_out(Emergency& now, const std::vector<Stage>& all) {
    for (const auto& stage : all) {
        if (now.recovery.has(stage.name)) {
            now.told.emplace_back(stage.name, "done before");
            continue;
        }
        if (stage.name == "status") continue;
        std::string result = stage.commands.empty() ? stage.note : "done";
        if (stage.name == "backup")
            result = TRY(back_up(now, stage));
        else if (stage.name == "swap") // restore's second half
            result = "done; the previous data is kept next to it";
        else
            TRY_VOID(act(now, stage));
        TRY_VOID(finished(now, stage.name, result));
    }
    return {};
}

report::Report report_of(const Emergency& now, const Result<void>& done) {
    report::Report report;
    report.tool = "recover";
    sys::Json list = sys::Json::array();
    for (const auto& [stage, result] : now.told) list.push_back({{"stage", stage}, {"result", result}});
    report.members = {report::member("set", now.recovery.set), report::member("release", now.recovery.release),
                      report::member("stages", std::move(list))};
    report.outputs = {{"verdict", ""}, {"failed", ""}};
    report.verdict_output = "verdict";
    const auto& whose = now.environment.empty() ? now.config.app() : now.environment;
    report.facts = fmt::format("recovered: {} uses set {}; no backups were deleted", whose, now.recovery.set);
    if (now.ground.deploys && now.recovery.release.empty())
        report.facts += "; no release serves; run fairlead-deploy apply to deploy a release";
    if (now.only_smoked)
        report.facts = fmt::format("recovered before: the interrupted run restored {} from set {}, and only smoke was "
                                   "left; if the data is lost again, name the set: fairlead recover {}",
                                   whose, now.recovery.set, shell_word(now.recovery.set));
    if (done.ok()) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = done.error().message;
    report.facts = done.error().message;
    return report;
}

// What was written since it began is in no set.
std::string goes_on_text(const Recovery& recovery, SystemTime now) {
    std::string text = "; an earlier recovery goes on";
    if (const auto began = parse_utc(recovery.began))
        text += fmt::format(": it began {} ago, at {}",
                            format_duration(std::chrono::floor<std::chrono::seconds>(now - *began)), recovery.began);
    if (recovery.has("backup")) text += "; the present data is not backed up again";
    return text;
}

// The looks, and what is to be done: nothing is touched.
Result<std::vector<Stage>> look(Emergency& now) {
    now.recovery = TRY(now.file.read());
    auto& recovery = now.recovery;
    auto list = std::vector<std::string>{"fairlead-backup", "list"};
    const auto status = stages(now.ground, recovery).front();
    const auto& like = status.commands.back(); // fairlead-backup status, and where
    list.insert(list.end(), like.begin() + 2, like.end());
    const auto said = TRY(ask(now, list));
    if (said.status != 0) return could_not("the sets can't be listed: " + said.why);
    const auto sets = TRY(backups_in(said.json.dump()));
    const bool goes_on =
        recovery.goes_on && (now.options.set.empty() || recovery.set.find(now.options.set) != std::string::npos);
    const auto chosen = TRY(choose(sets, goes_on ? recovery.set : now.options.set, recovery));
    if (!goes_on) {
        recovery.done.clear();
        recovery.began = format_utc(std::chrono::floor<std::chrono::seconds>(sys::real_clock().now()));
        recovery.set = chosen.id;
        recovery.release = TRY(release_of(now, status));
    }
    const auto age = format_duration(std::chrono::seconds(chosen.age_seconds));
    const auto result =
        fmt::format("{}; set {}, {} old, {}{}",
                    !now.ground.deploys        ? "fairlead.yml has no deploy section"
                    : recovery.release.empty() ? "no release was deployed"
                                               : "release " + recovery.release,
                    chosen.id, age, chosen.verified.empty() ? "never verified" : "verified " + chosen.verified,
                    goes_on ? goes_on_text(recovery, sys::real_clock().now()) : "");
    now.told.emplace_back("status", result);
    (void)sys::write_stream(now.options.stream, fmt::format("== status: {}\n", result));
    return stages(now.ground, recovery);
}

Result<std::string> environment_of(const config::Config& config, const std::string& named) {
    const auto all = config.environments();
    if (!named.empty() || all.empty()) return named;
    if (all.size() == 1 && config.profile(all.front()) != config::Profile::production) return all.front();
    return usage("no environment was named; say --env, expected " + one_of(all));
}

}

Result<report::Report> recover(const config::Config& config, const RecoverOptions& options) {
    const auto environment = TRY(environment_of(config, options.environment));
    const auto section = config.section("deploy", environment);
    if (section["components"].present())
        return usage("an application with deploy.components must be recovered by hand, component by component; "
                     "docs/backup-emergency.md has the commands");
    const auto file = TRY(RecoveryFile::of(config, environment, sys::Environment::of_process()));
    Emergency now{.config = config,
                  .options = options,
                  .ground = {.environment = environment,
                             .config = options.config,
                             .deploys = section.present(),
                             .smokes = config.section("smoke", environment).present()},
                  .environment = environment,
                  .variables = variables_of(config, environment),
                  .file = file};
    const auto all = TRY(look(now));
    if (options.dry_run) {
        report::Report report;
        report.tool = "recover";
        report.text = shown(all);
        report.members = {report::member("set", now.recovery.set)};
        report.facts = fmt::format("dry run: would recover from set {}; no backups are deleted", now.recovery.set);
        return report;
    }
    TRY_VOID(options.confirm(fmt::format("stops the application and replaces its data with set {}", now.recovery.set)));
    now.only_smoked = now.recovery.has("start");
    now.recovery.goes_on = true;
    TRY_VOID(keep(now));
    const auto done = carry_out(now, all);
    // Before the first stop there is nothing to go on with; what smoke said is nobody's to repeat.
    now.recovery.goes_on = !done.ok() && now.recovery.has("backup") && !now.recovery.has("start");
    TRY_VOID(keep(now));
    if (!done.ok() && done.error().kind != Kind::no) return done.error();
    return report_of(now, done);
}

}
