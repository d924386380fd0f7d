// baseline and repair: what is written down without running it.
#include "base/printable.h"
#include "base/version.h"
#include "base/words.h"
#include "migrate/steps/apply/begun.h"
#include "migrate/steps/apply/carry.h"
#include "migrate/steps/apply/index.h"
#include "migrate/steps/apply/uncertain.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/select.h"
#include "sys/account.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

using records::Record;
using records::State;

constexpr std::string_view dry_run = "dry run: ";

Record row_of(const files::Migration& file, const Database& database, State state) {
    Record row;
    row.version = file.version;
    row.name = file.name;
    row.checksum = file.up.checksum;
    row.way_back = file.way_back();
    row.state = state;
    const auto& user = database.connection.identity.user;
    row.applied_by = fmt::format("{}@{}", user.empty() ? sys::own_user_name() : user, sys::host_name());
    row.tool_version = fairlead::version();
    return row;
}

Result<const files::Migration*> file_of(const Database& database, const std::string& version, std::string_view by) {
    const auto plain = TRY(version_of(version, by));
    const auto* file = files::find(database.folder.all, plain);
    if (file == nullptr) return usage(fmt::format("{}: no file of {} has the version {}", by, database.dir, plain));
    return file;
}

// In one transaction, golang-migrate's table with it. `versions`: of the rows, as they were read, that it changes.
Result<void> write(Database& database, const std::vector<std::string>& statements,
                   const std::vector<std::string>& versions) {
    if (!database.lock) return {}; // only looked at: a dry run
    std::string sql = database.is_sqlite() ? "BEGIN IMMEDIATE; " : "BEGIN; ";
    for (const auto& statement : statements) sql += statement + "; ";
    sys::fault_point("before");
    const auto written = asked(database.session(), sql + "COMMIT", "the change can't be recorded");
    sys::fault_point("after");
    TRY_VOID(check_same_file(database)); // it may be what refused
    if (written.ok()) return {};
    for (const auto& version : versions) {
        const auto* known = records::find(database.records, version);
        const bool is_changed = TRY(database.table.is_changed(database.session(), version, known));
        if (is_changed)
            return could_not(fmt::format("another run has changed the record of {} meanwhile, and nothing was written; "
                                         "see: fairlead-migrate status",
                                         version));
    }
    return written.error();
}

std::string golang_now(const Database& database, const std::vector<Record>& records) {
    std::optional<std::string> highest;
    for (const auto& record : records)
        if (record.kind == "sql" && record.is_done() && (!highest || files::is_before(*highest, record.version)))
            highest = record.version;
    return records::put_golang(database.table, highest, false);
}

// With the records that are to be.
Result<void> put(Database& database, const std::vector<Record>& rows, const std::string& erased) {
    std::vector<std::string> statements, versions;
    auto all = database.records;
    const auto forget = [&](const std::string& version) {
        std::erase_if(all, [&](const Record& record) { return record.version == version; });
    };
    for (const auto& row : rows) {
        statements.push_back(database.table.put_as_is(row, records::find(database.records, row.version)));
        versions.push_back(row.version);
        forget(row.version);
        all.push_back(row);
    }
    if (!erased.empty()) {
        statements.push_back(database.table.erased(*records::find(database.records, erased)));
        versions.push_back(erased);
        forget(erased);
    }
    if (database.keeps_golang()) statements.push_back(golang_now(database, all));
    TRY_VOID(write(database, statements, versions));
    database.records = std::move(all);
    return {};
}

report::Report told(Database& database, std::string facts) {
    report::Report report;
    if (!database.lock && !facts.starts_with(dry_run)) facts = std::string(dry_run) + facts;
    const auto standing = compare(database.folder.all, database.records);
    report.facts = fmt::format("{}; {}", facts, standing.counted());
    report.members = {report::member("current", standing.current)};
    report.outputs = {{"version", standing.current}, {"pending", std::to_string(standing.count(&Step::is_pending))}};
    return report;
}

// A migration that is half there: where it stopped, and what stands in its way.
struct Half {
    const Step* step = nullptr;
    bool is_back = false;                  // it was being taken back
    const files::Script* script = nullptr; // null: its file is gone
    std::vector<std::string> left;         // invalid indexes
    std::optional<Uncertain> question;
    bool is_changed = false; // statements that ran were edited
};

Result<Half> look_at_half(Database& database, const Step& step) {
    Half half;
    half.step = &step;
    half.is_back = step.record->direction != "up";
    half.script = step.file == nullptr ? nullptr
                  : !half.is_back      ? &step.file->up
                  : step.file->down    ? &*step.file->down
                                       : nullptr;
    if (!half.script) return half;
    if (database.connection.session) half.left = TRY(invalid_indexes(database, *half.script));
    half.question = TRY(uncertain(database, *half.script, *step.record));
    half.is_changed = TRY(since_begun(step, database.dialect())) == Since::changed;
    return half;
}

// What it is, and how it can go on.
std::string paragraph_of(const Half& half) {
    const auto& record = *half.step->record;
    std::string text =
        fmt::format("{} {}: {} of its statements ran{}\n", half.step->label(),
                    half.is_back ? "was being taken back" : "was being applied", record.progress,
                    record.error.empty() ? ", then it was interrupted" : "; then " + printable(record.error));
    for (const auto& index : half.left)
        text += fmt::format("  The index {} is invalid and slows writes down; repair --drop-invalid-indexes "
                            "drops it.\n",
                            index);
    if (half.question)
        text += fmt::format("  It is unknown whether statement {0} ran ({1}:{2}): {3}\n  It ran:                       "
                            "    fairlead-migrate repair --mark-ran {4}:{0}\n  It did not run:                   "
                            "fairlead-migrate repair --mark-not-ran {4}:{0}\n",
                            half.question->number, half.script->path, half.question->line,
                            printable(half.question->text), record.version);
    if (half.is_changed)
        text += fmt::format(
            "  {} has changed since. Only statement {}, which was refused, and those after it may be edited; "
            "restore the statements before it first.\n",
            half.script->path, record.progress + 1);
    else if (!half.question)
        text +=
            fmt::format("  Go on where it stopped:           fairlead-migrate {}\n", half.is_back ? "down 1" : "up");
    return text + fmt::format("  All of it is there by now:        fairlead-migrate repair --mark-{} {}\n"
                              "  Nothing of it is there any more:  fairlead-migrate repair --mark-{} {}\n",
                              half.is_back ? "pending" : "applied", record.version,
                              half.is_back ? "applied" : "pending", record.version);
}

sys::Json entry_of(const Half& half) {
    const auto& record = *half.step->record;
    sys::Json one = {{"version", record.version},     {"state", records::name_of(record.state)},
                     {"direction", record.direction}, {"progress", record.progress},
                     {"error", record.error},         {"invalid_indexes", half.left}};
    one["changed"] = half.is_changed;
    if (half.question) one["uncertain"] = half.question->number;
    return one;
}

// All that need a decision: those half there, and those whose files were changed.
Result<report::Report> explain(Database& database) {
    const auto standing = compare(database.folder.all, database.records);
    report::Report report;
    std::size_t count = 0;
    sys::Json list = sys::Json::array();
    for (const Step& step : standing.steps) {
        if (!step.is_open()) continue;
        ++count;
        const auto half = TRY(look_at_half(database, step));
        report.text += paragraph_of(half);
        list.push_back(entry_of(half));
    }
    for (const Step& step : standing.steps) {
        if (!step.is_changed && !step.is_way_back_changed) continue;
        ++count;
        report.text +=
            fmt::format("{}{} was changed after it was applied.\n  It means the same: fairlead-migrate repair "
                        "--accept-checksum {}\n",
                        step.is_changed ? "" : "The way back of ", step.label(), step.version());
    }
    report.facts = count == 0 ? "nothing needs repair"
                              : counted(count, "migration needs a decision", "migrations need a decision");
    report.members = {report::member("open", std::move(list))};
    return report;
}

Result<report::Report> drop_invalid(Database& database) {
    const auto standing = compare(database.folder.all, database.records);
    std::size_t count = 0;
    for (const Step& step : standing.steps) {
        if (!step.is_open() || !step.file) continue;
        for (const auto& index : TRY(invalid_indexes(database, step.file->up))) {
            sys::fault_point("before");
            count += !database.lock || TRY(drop_invalid_index(database, index)) ? 1 : 0;
            sys::fault_point("after");
        }
    }
    return told(database, fmt::format("{} dropped", counted(count, "invalid index", "invalid indexes")));
}

// Somebody looked whether the uncertain statement ran.
Result<report::Report> decide(Database& database, const std::string& text, bool ran) {
    const auto named = TRY(statement_of(text));
    const std::string by = ran ? "--mark-ran" : "--mark-not-ran";
    const auto* file = TRY(file_of(database, named.version, by));
    const auto* known = records::find(database.records, file->version);
    if (!known || !known->is_open()) return usage(fmt::format("{}: {} is not half there", by, file->label()));
    TRY_VOID(check_unchanged(Step{.file = file, .record = known}, database.dialect()));
    const auto* script = known->direction == "up" ? &file->up : file->down ? &*file->down : nullptr;
    const auto question = script ? TRY(uncertain(database, *script, *known)) : std::optional<Uncertain>();
    if (!question)
        return usage(fmt::format("{}: it is known which statements of {} ran; go on: fairlead-migrate {}", by,
                                 file->label(), known->direction == "up" ? "up" : "down 1"));
    if (question->number != named.number)
        return usage(fmt::format("{}: the statement in question is {}:{}: {}", by, file->version, question->number,
                                 question->text));
    auto row = *known;
    row.state = State::failed;
    row.progress += ran;
    row.error = decided(named.number, ran);
    const auto pieces = TRY(pieces_of(*script, database.dialect()));
    const auto sums = begun_checksums(*script, pieces);
    row.checksum = sums[std::min(static_cast<std::size_t>(row.progress), sums.size() - 1)];
    TRY_VOID(put(database, {row}, ""));
    return told(database, fmt::format("{} goes on with statement {}", file->label(), row.progress + 1));
}

Result<report::Report> count_as_applied(Database& database, const std::string& text) {
    const auto* file = TRY(file_of(database, text, "--mark-applied"));
    const auto* known = records::find(database.records, file->version);
    auto row = row_of(*file, database, State::applied);
    if (known) row.backup = known->backup;
    TRY_VOID(put(database, {row}, ""));
    return told(database, file->label() + " counts as applied");
}

// Nothing of it is there, as somebody saw.
Result<report::Report> count_as_pending(Database& database, const std::string& text) {
    const auto version = TRY(version_of(text, "--mark-pending"));
    const auto* known = records::find(database.records, version);
    if (!known) return usage(fmt::format("--mark-pending: {} was neither applied nor begun", version));
    const auto* file = files::find(database.folder.all, version);
    std::vector<std::string> left;
    if (file && known->is_open() && database.connection.session) left = TRY(invalid_indexes(database, file->up));
    std::string facts = version + " counts as pending";
    if (known->is_done()) facts += ", although it was applied: if it is still there, say --mark-applied " + version;
    for (const auto& index : left)
        facts += fmt::format("; the index {0} is invalid: DROP INDEX CONCURRENTLY {0}", index);
    TRY_VOID(put(database, {}, version));
    return told(database, facts);
}

Result<report::Report> accept_file(Database& database, const std::string& text) {
    const auto* file = TRY(file_of(database, text, "--accept-checksum"));
    const auto* known = records::find(database.records, file->version);
    if (known && known->is_open())
        return usage(fmt::format("--accept-checksum: {} is half there; if only the refused statement and later "
                                 "statements were corrected, run: fairlead-migrate {}",
                                 file->label(), known->direction == "up" ? "up" : "down 1"));
    if (!known || !known->is_done())
        return usage(fmt::format("--accept-checksum: {} is not applied, so its file may change freely", file->version));
    auto row = *known;
    row.checksum = file->up.checksum;
    row.way_back = file->way_back();
    TRY_VOID(put(database, {row}, ""));
    return told(database, fmt::format("{} is accepted as it is now, {}", file->label(), file->up.checksum));
}

}

Result<report::Report> baseline(const Place& place, const Request& request) {
    if (request.version.empty())
        return usage("baseline needs the version that the database is at; write baseline VERSION");
    const auto version = TRY(version_of(request.version, "baseline"));
    auto database =
        TRY(request.dry_run ? look(place, request, server::Makes::whatever_is_absent) : take(place, request));
    if (files::find(database.folder.all, version) == nullptr)
        return usage(fmt::format("baseline: no file of {} has the version {}", database.dir, version));
    std::vector<Record> rows;
    for (const auto& file : database.folder.all) {
        if (files::is_before(version, file.version)) break;
        const auto* known = records::find(database.records, file.version);
        if (known && known->is_open())
            return no(fmt::format("{} was begun and is half there; see: fairlead-migrate repair", file.label()));
        if (!known || !known->is_done()) rows.push_back(row_of(file, database, State::baseline));
    }
    const auto facts = counted(rows.size(), "migration counts as applied now", "migrations count as applied now");
    if (request.dry_run) return told(database, "dry run: " + facts);
    if (place.is_production()) TRY_VOID(request.confirm(fmt::format("records all up to {} as applied", version)));
    if (!rows.empty()) TRY_VOID(put(database, rows, ""));
    return told(database, facts);
}

Result<report::Report> repair(const Place& place, const Request& request) {
    const bool acts = request.drop_invalid_indexes || !request.mark_applied.empty() || !request.mark_pending.empty() ||
                      !request.accept_checksum.empty() || !request.mark_ran.empty() || !request.mark_not_ran.empty();
    if (!acts) {
        auto database = TRY(look(place, request));
        return explain(database);
    }
    auto database = TRY(request.dry_run ? look(place, request) : take(place, request));
    if (place.is_production() && !request.dry_run) TRY_VOID(request.confirm("changes the record of its migrations"));
    if (request.drop_invalid_indexes) return drop_invalid(database);
    if (!request.mark_ran.empty()) return decide(database, request.mark_ran, true);
    if (!request.mark_not_ran.empty()) return decide(database, request.mark_not_ran, false);
    if (!request.mark_applied.empty()) return count_as_applied(database, request.mark_applied);
    if (!request.mark_pending.empty()) return count_as_pending(database, request.mark_pending);
    return accept_file(database, request.accept_checksum);
}

}
