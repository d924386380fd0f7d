// status, pending, history: what is, without a lock and without a change.
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/steps/apply/begun.h"
#include "migrate/steps/apply/carry.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/judge/judge.h"
#include "migrate/steps/select.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

std::vector<report::Finding> drift_of(const Standing& standing, const Database& database, const Place& place) {
    return drift(standing, place.is_development() ? Missing::warning : Missing::error,
                 database.settings.allow_out_of_order ? Late::allowed : Late::refused);
}

sys::Json as_json(const records::Record& record) {
    sys::Json one = {{"version", record.version},
                     {"name", record.name},
                     {"kind", record.kind},
                     {"state", records::name_of(record.state)},
                     {"checksum", record.checksum},
                     {"started_at", record.started_at},
                     {"finished_at", record.finished_at},
                     {"duration_ms", record.duration_ms},
                     {"applied_by", record.applied_by},
                     {"tool_version", record.tool_version}};
    if (!record.git_sha.empty()) one["git_sha"] = record.git_sha;
    if (!record.error.empty()) one["error"] = record.error;
    if (!record.backup.empty()) one["backup"] = record.backup;
    if (record.out_of_order) one["out_of_order"] = true;
    return one;
}

}

Result<report::Report> status(const Place& place, const Request& request) {
    auto database = TRY(look(place, request));
    const auto standing = compare(database.folder.all, database.records);
    report::Report report;
    report.facts = standing.counted();
    report.findings = drift_of(standing, database, place);
    for (auto& stray : strays(database, place)) report.findings.push_back(std::move(stray));
    for (const Step& step : standing.steps)
        if (step.is_open()) report.findings.push_back(open_finding(step));
    const auto is_changed = [](const Step& step) { return step.is_changed; };
    sys::Json counts = {{"applied", standing.count(&Step::is_applied)},
                        {"pending", standing.count(&Step::is_pending)},
                        {"failed", standing.count(&Step::is_open)},
                        {"changed", std::count_if(standing.steps.begin(), standing.steps.end(), is_changed)},
                        {"missing", standing.count(&Step::is_missing)}};
    const auto waiting = standing.count(&Step::is_pending);
    report.members = {report::member("current", standing.current), report::member("counts", std::move(counts)),
                      report::member("database", database.address.shown)};
    report.outputs = {{"version", standing.current}, {"pending", std::to_string(waiting)}};
    if (database.connection.session) {
        const auto holder = TRY(server::lock_holder(database.connection, database.settings.table));
        if (holder) report.text += fmt::format("locked by {}\n", printable(server::described(*holder)));
        report.members.push_back(report::member("lock", holder ? sys::Json(server::described(*holder)) : sys::Json()));
    }
    const bool is_no = waiting > 0 || std::any_of(report.findings.begin(), report.findings.end(), report::decides);
    if (is_no) report.verdict = report::Verdict::fail;
    if (waiting > 0) report.stays_no = "migrations are pending";
    refuse_nothing(report, database);
    return report;
}

Result<report::Report> pending(const Place& place, const Request& request) {
    auto database = TRY(look(place, request, server::Makes::whatever_is_absent));
    const auto standing = compare(database.folder.all, database.records);
    const auto steps = standing.pending(request.phase);
    report::Report report;
    report.findings = TRY(judge(steps, database, place, request.skip)).findings;
    for (auto& finding : drift_of(standing, database, place)) { // status decides by it
        finding.severity = std::min(finding.severity, report::Severity::warning);
        report.findings.push_back(std::move(finding));
    }
    for (auto& stray : strays(database, place)) report.findings.push_back(std::move(stray));
    sys::Json list = sys::Json::array();
    for (const Step* step : steps) {
        const auto& script = step->file->up;
        const auto statements = TRY(told(script, database));
        const auto lock = strongest(statements);
        const std::string phase = step->file->is_contract() ? "contract" : "expand";
        report.text +=
            fmt::format("{} ({}){}{}{}{}\n", step->label(), script.path, phase == "contract" ? "; phase contract" : "",
                        database.is_sqlite() ? "" : "; lock: " + (lock.empty() ? "unknown" : lock),
                        script.marks.no_transaction ? "; not in a transaction" : "", step->is_open() ? "; begun" : "");
        list.push_back({{"version", step->version()},
                        {"name", step->file->name},
                        {"file", script.path},
                        {"phase", phase},
                        {"lock", lock.empty() ? sys::Json() : sys::Json(lock)},
                        {"transactional", !script.marks.no_transaction},
                        {"begun", step->is_open()},
                        {"late", step->is_late}});
    }
    report.facts = steps.empty() ? std::string("nothing is pending")
                                 : counted(steps.size(), "migration is pending", "migrations are pending");
    report.members = {report::member("pending", std::move(list)), report::member("current", standing.current)};
    report.outputs = {{"version", standing.current}, {"pending", std::to_string(steps.size())}};
    if (!steps.empty()) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
    }
    refuse_nothing(report, database);
    return report;
}

Result<report::Report> history(const Place& place, const Request& request) {
    auto database = TRY(look(place, request));
    auto records = database.records;
    std::stable_sort(records.begin(), records.end(), [](const auto& one, const auto& other) {
        if (one.finished_at != other.finished_at) return one.finished_at < other.finished_at;
        return files::is_before(one.version, other.version);
    });
    report::Report report;
    sys::Json list = sys::Json::array();
    std::size_t applied = 0;
    for (const auto& record : records) {
        applied += record.kind == "sql" && record.is_done();
        report.text +=
            fmt::format("{} {} {} in {} by {}, version {}, {}{}\n",
                        record.finished_at.empty() ? record.started_at : record.finished_at, printable(record.version),
                        printable(record.name), format_duration(Milliseconds(record.duration_ms)),
                        printable(record.applied_by), printable(record.tool_version), records::name_of(record.state),
                        record.checksum.empty() ? "" : ", " + record.checksum.substr(0, 12));
        list.push_back(as_json(record));
    }
    report.facts = counted(applied, "migration is applied", "migrations are applied");
    report.members = {report::member("history", std::move(list))};
    return report;
}

Result<report::Report> plan(const Place& place, const Request& request) {
    auto database = TRY(look(place, request, server::Makes::whatever_is_absent));
    const auto standing = compare(database.folder.all, database.records);
    const auto steps = TRY(select_up(standing, request));
    for (const Step* step : steps)
        if (step->is_open()) TRY_VOID(check_unchanged(*step, database.dialect()));
    report::Report report;
    report.findings = drift_of(standing, database, place);
    for (auto& stray : strays(database, place)) report.findings.push_back(std::move(stray));
    auto judged = TRY(judge(steps, database, place, request.skip));
    sys::Json list = sys::Json::array();
    std::size_t count = 0;
    for (const Step* step : steps) {
        const auto& script = step->file->up;
        const bool is_one = !script.marks.no_transaction;
        TRY_VOID(check_script(script, database.dialect()));
        report.text +=
            fmt::format("-- {} ({}){}{}\n{}", step->label(), script.path, is_one ? "" : "; not in a transaction",
                        step->file->is_contract() ? "; phase contract" : "", is_one ? "BEGIN;\n" : "");
        sys::Json statements = sys::Json::array();
        for (const Told& one : TRY(told(script, database))) {
            const bool runs =
                !step->is_open() || static_cast<std::int64_t>(statements.size()) >= step->record->progress;
            ++count;
            report.text +=
                fmt::format("-- line {}: {}{}{}\n{};\n", one.line, one.kind,
                            database.is_sqlite() ? "" : "; lock: " + (one.lock.empty() ? "unknown" : one.lock),
                            runs ? "" : "; ran before", one.sql);
            statements.push_back({{"line", one.line},
                                  {"kind", one.kind},
                                  {"lock", one.lock.empty() ? sys::Json() : sys::Json(one.lock)},
                                  {"transactional", one.is_transactional},
                                  {"sql", one.sql}});
        }
        if (is_one) report.text += fmt::format("-- its row in {}\nCOMMIT;\n", database.settings.table);
        list.push_back({{"version", step->version()},
                        {"name", step->file->name},
                        {"file", script.path},
                        {"phase", step->file->is_contract() ? "contract" : "expand"},
                        {"transactional", is_one},
                        {"destructive", std::find(judged.destructive.begin(), judged.destructive.end(),
                                                  step->version()) != judged.destructive.end()},
                        {"statements", std::move(statements)}});
    }
    soften(judged.findings, place);
    for (auto& finding : judged.findings) report.findings.push_back(std::move(finding));
    const bool is_refused = std::any_of(report.findings.begin(), report.findings.end(), report::decides);
    report.facts = is_refused ? std::string("nothing would be applied: up stops at the errors")
                              : fmt::format("{} would be applied, {}", counted(steps.size(), "migration", "migrations"),
                                            counted(count, "statement", "statements"));
    if (!is_refused && place.is_guarded() && !judged.destructive.empty())
        report.facts += "; up asks for --confirm-destructive " + join(judged.destructive, ",");
    if (is_refused) report.verdict = report::Verdict::fail;
    report.members = {report::member("migrations", std::move(list)), report::member("current", standing.current)};
    report.outputs = {{"version", standing.current}, {"pending", std::to_string(steps.size())}};
    refuse_nothing(report, database);
    return report;
}

}
