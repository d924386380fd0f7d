#include "migrate/steps/apply/carry.h"
#include "base/text.h"
#include "base/version.h"
#include "base/words.h"
#include "migrate/steps/confirm.h"
#include "migrate/steps/reach.h"
#include "sys/account.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

using records::State;

namespace {

// Which commit of the project these files are of, where a CI says so.
std::string commit_of(const sys::Environment& variables) {
    for (const auto* name : {"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"})
        if (const auto commit = variables.get(name)) return *commit;
    return "";
}

std::string name_to_confirm(const Task& task) {
    constexpr std::string_view seed = "seed:";
    const auto& version = task.row.version;
    return version.starts_with(seed) ? version.substr(seed.size()) : version;
}

}

Carrier::Carrier(Database& database, const Place& place, const Request& request)
    : database_(database), place_(place), request_(request),
      applier_(database, server::application(place.variables),
               place.is_guarded() ? Applier::Rows::guarded : Applier::Rows::free),
      who_(fmt::format(
          "{}@{}", database.connection.identity.user.empty() ? sys::own_user_name() : database.connection.identity.user,
          sys::host_name())),
      commit_(commit_of(place.variables)), list_(std::make_unique<sys::Json>(sys::Json::array())) {}

Carrier::~Carrier() = default;

records::Record Carrier::row_of(const files::Migration& file) const {
    records::Record row;
    row.version = file.version;
    row.name = file.name;
    row.checksum = file.up.checksum;
    row.way_back = file.way_back();
    row.applied_by = who_;
    row.tool_version = fairlead::version();
    row.git_sha = commit_;
    return row;
}

std::string Carrier::highest_applied_without(const std::string& version) const {
    std::string highest;
    for (const auto& record : database_.records)
        if (record.kind == "sql" && record.is_done() && record.version != version &&
            (highest.empty() || files::is_before(highest, record.version)))
            highest = record.version;
    return highest;
}

Task Carrier::up(const Step& step, const std::string& backup) const {
    Task task;
    task.script = &step.file->up;
    task.row = row_of(*step.file);
    task.row.backup = backup;
    task.row.out_of_order = step.is_late;
    task.row.state = State::applied;
    const auto highest = highest_applied_without(task.row.version);
    task.golang = highest.empty() || files::is_before(highest, task.row.version) ? task.row.version : highest;
    task.resumes = step.is_open();
    if (task.resumes) {
        task.row.progress = step.record->progress;
        task.row.error = step.record->error;
    }
    return task;
}

Task Carrier::down(const Step& step) const {
    Task task;
    task.script = &*step.file->down;
    task.direction = Direction::down;
    task.row = *step.record;
    task.row.applied_by = who_;
    task.row.direction = "down";
    task.row.state = State::reverted;
    task.row.error.clear();
    task.row.started_at.clear();
    task.row.progress = 0;
    if (const auto lower = highest_applied_without(task.row.version); !lower.empty()) task.golang = lower;
    task.resumes = step.is_open();
    if (task.resumes) {
        task.row.checksum = step.file->up.checksum;
        task.row.progress = step.record->progress;
        task.row.error = step.record->error;
    }
    return task;
}

std::string Carrier::told(const Task& task, const Outcome& outcome) const {
    std::string text = fmt::format("{}: {}", task.label(), outcome.why);
    if (outcome.is_unconfirmed) text += ", but no statement of the migration says so; its changes are rolled back";
    if (outcome.statement > 0)
        text += fmt::format("; statement {} of {}: {}", outcome.statement, outcome.statements, outcome.text);
    if (outcome.is_whole)
        text += task.direction == Direction::up ? "; nothing of it is left" : "; it stays applied";
    else
        text += fmt::format("; {} before it ran and are kept",
                            counted(static_cast<std::size_t>(outcome.kept), "statement", "statements"));
    if (outcome.is_unconfirmed)
        return text + fmt::format("; look at its triggers and rules, then confirm it: --confirm-destructive {}",
                                  name_to_confirm(task));
    if (outcome.is_whole) return text + way_out(task, outcome.why);
    if (!outcome.left.empty())
        text += fmt::format("; invalid indexes are left: {} (repair --drop-invalid-indexes drops them)",
                            join(outcome.left, ", "));
    return text + "; correct the cause and run it again, it continues there; or see: fairlead-migrate repair";
}

std::string Carrier::way_out(const Task& task, const std::string& why) const {
    const std::string again = "; correct the cause, and run it again";
    if (task.direction != Direction::up || !is_there_already(why)) return again;
    const auto* way = database_.records.empty() ? "baseline" : "repair --mark-applied";
    return again + fmt::format("; or, if all of it is there already: fairlead-migrate {} {}", way, task.row.version);
}

Confirmed Carrier::is_confirmed(const Task& task) const {
    return unconfirmed({name_to_confirm(task)}, request_, place_).empty() ? Confirmed::yes : Confirmed::no;
}

std::string Carrier::done_so_far() const {
    return labels_.empty() ? "nothing was done" : fmt::format("done: {}", join(labels_, ", "));
}

Result<void> Carrier::check_may_begin(const Task& task) const {
    const std::string done = done_so_far();
    if (sys::stop_requested()) return could_not(fmt::format("interrupted before {}; {}", task.label(), done));
    if (database_.lock) {
        const auto held = database_.lock->still_held();
        if (!held.ok())
            return could_not(fmt::format("{}; stopped before {}; {}", held.error().message, task.label(), done));
    }
    if (const auto same = check_same_file(database_); !same.ok())
        return could_not(fmt::format("{}; stopped before {}; {}", same.error().message, task.label(), done));
    return {};
}

Error Carrier::broken_off(const Task& task, Error error) const {
    if (error.kind != Kind::could_not) return error;
    const bool may_be_half = task.script->marks.no_transaction;
    const auto& session = database_.session();
    const bool is_lost = session.is_interrupted() || !session.is_open();
    std::vector<std::string> parts = {fmt::format("{}: {}", task.label(), error.message)};
    if (is_lost)
        parts.emplace_back(may_be_half ? "the next run continues there"
                                       : "either all of it is there or nothing; fairlead-migrate status shows which");
    if (may_be_half && labels_.empty())
        parts.emplace_back("the statements that ran stay; see: fairlead-migrate status");
    else if (!labels_.empty() || !is_lost)
        parts.push_back(done_so_far());
    error.message = join(parts, "; ");
    return error;
}

namespace {

sys::Json result_of(const Task& task, const Outcome& outcome) {
    const bool is_up = task.direction == Direction::up;
    const std::string state = outcome.is_done ? (is_up ? "applied" : "reverted") : "failed";
    sys::Json one = {{"version", task.row.version},
                     {"name", task.row.name},
                     {"file", task.script->path},
                     {"direction", is_up ? "up" : "down"},
                     {"state", state},
                     {"duration_ms", outcome.took.count()},
                     {"transactional", !task.script->marks.no_transaction}};
    if (!task.script->marks.phase.empty()) one["phase"] = task.script->marks.phase;
    if (task.row.out_of_order) one["out_of_order"] = true;
    if (outcome.is_done) return one;
    one["error"] = outcome.why;
    if (outcome.statement > 0) one["statement"] = outcome.statement;
    if (!outcome.left.empty()) one["invalid_indexes"] = outcome.left;
    return one;
}

}

void Carrier::note(const Task& task, const Outcome& outcome) {
    if (!outcome.is_done) {
        failed_ = {.rule = "migrate/failed", .file = task.script->path};
        failed_.line = failed_.end_line = std::max(outcome.line, 1);
        failed_.message = told(task, outcome);
        return;
    }
    ++done_;
    labels_.push_back(task.label());
    sys::log_info(fmt::format("{} is {} ({})", task.label(), task.direction == Direction::up ? "applied" : "taken back",
                              format_duration(outcome.took)));
}

void Carrier::keep_record(const Task& task, const Outcome& outcome) {
    if (!outcome.is_done && outcome.is_whole) return;
    auto row = task.row;
    if (!outcome.is_done) row.state = State::failed;
    auto& records = database_.records;
    const auto known = std::find_if(records.begin(), records.end(),
                                    [&](const auto& record) { return record.version == task.row.version; });
    if (known == records.end())
        records.push_back(std::move(row));
    else
        *known = std::move(row);
}

Result<bool> Carrier::run(const Task& task) {
    const std::string earlier = labels_.empty() ? "" : "; " + done_so_far();
    TRY_VOID(check_may_begin(task));
    sys::log_debug(fmt::format("{} begins", task.label()));
    const auto confirmed = is_confirmed(task);
    const Unguarded unguarded(database_.session(), is_named(name_to_confirm(task), request_));
    auto result = applier_.run(task, confirmed);
    if (!result.ok()) return broken_off(task, result.error());
    const Outcome& outcome = result.value();
    note(task, outcome);
    TRY_VOID(check_same_file(database_)); // it may be what refused
    list_->push_back(result_of(task, outcome));
    keep_record(task, outcome);
    if (outcome.is_unconfirmed) return usage(failed_.message + earlier, {failed_.file, failed_.line, 0, ""});
    return outcome.is_done;
}

void Carrier::fill(report::Report& report) const {
    report.members.push_back(report::member("migrations", *list_));
    if (failed_.message.empty()) return;
    report.findings.push_back(failed_);
    report.verdict = report::Verdict::fail;
    report.stays_no = "a migration failed";
}

}
