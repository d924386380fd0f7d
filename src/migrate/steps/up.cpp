#include "base/text.h"
#include "base/words.h"
#include "migrate/steps/apply/begun.h"
#include "migrate/steps/apply/carry.h"
#include "migrate/steps/backup.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/confirm.h"
#include "migrate/steps/judge/judge.h"
#include "migrate/steps/questions.h"
#include "migrate/steps/reach.h"
#include "migrate/steps/select.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

std::string labels(const std::vector<const Step*>& steps) {
    constexpr std::size_t most = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(steps.size(), most); ++i) text += (i > 0 ? ", " : "") + steps[i]->label();
    if (steps.size() > most) text += fmt::format(" and {} more", steps.size() - most);
    return text;
}

// A begun migration goes on where what ran of it is as it was.
Result<void> check_begun(const std::vector<const Step*>& steps, sql::Dialect dialect) {
    for (const Step* step : steps) {
        if (!step->is_open()) continue;
        if (step->record->direction != "up")
            return no(
                fmt::format("{} was being taken back and is half there; finish that first: fairlead-migrate down 1",
                            step->label()));
        TRY_VOID(check_unchanged(*step, dialect));
    }
    return {};
}

Result<void> confirm(const std::vector<const Step*>& steps, const std::vector<std::string>& destructive,
                     const Request& request, const Place& place) {
    if (place.is_production())
        TRY_VOID(request.confirm(
            fmt::format("applies {}: {}", counted(steps.size(), "migration", "migrations"), labels(steps))));
    return confirm_destructive(destructive, request, place);
}

Result<void> confirm_up_reach(const std::vector<const Step*>& steps, const Judged& judged, const Request& request) {
    std::vector<const files::Script*> ways;
    std::vector<std::string> names;
    for (const Step* step : steps) {
        ways.push_back(&step->file->up);
        names.push_back(step->version());
    }
    return confirm_reach(judged.reached, ways, names, request);
}

// on_failure: rollback. Why it isn't taken; empty: it is.
Result<std::string> why_no_way_back(const std::vector<const Step*>& steps, const Database& database, const Place& place,
                                    const Request& request) {
    for (const Step* step : steps)
        if (!step->file->down)
            return fmt::format("{} has no way back; restore the backup, or write a migration that corrects it",
                               step->label());
    const auto destroyed = destroyed_back(steps, Run::same, database, place);
    if (!destroyed.ok()) return destroyed.error().message;
    const auto missing = join(unconfirmed(destroyed.value(), request, place), ", ");
    if (missing.empty()) return std::string();
    return fmt::format("the way back of {} destroys something that nobody can bring back, and --confirm-destructive "
                       "did not confirm it; look at it, then run: fairlead-migrate down {}",
                       missing, steps.size());
}

Result<void> take_back(const std::vector<const Step*>& steps, const Database& database, Carrier& carrier) {
    sys::log_warning("a query of verify failed; the applied migrations are taken back");
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        auto back = **step;
        back.record = records::find(database.records, back.version());
        const bool is_back = TRY(carrier.run(carrier.down(back)));
        if (!is_back) break;
    }
    return {};
}

Result<report::Report> refuse(report::Report report, std::string why) {
    report.verdict = report::Verdict::fail;
    report.facts = std::move(why);
    return report;
}

}

Result<report::Report> up(const Place& place, const Request& request) {
    if (request.dry_run) return plan(place, request);
    auto database = TRY(take(place, request));
    const auto standing = compare(database.folder.all, database.records);
    report::Report report;
    report.outputs = {{"version", standing.current}};
    report.findings = drift(standing, place.is_development() ? Missing::warning : Missing::error,
                            database.settings.allow_out_of_order ? Late::allowed : Late::refused);
    if (std::any_of(report.findings.begin(), report.findings.end(), report::decides))
        return refuse(std::move(report), "nothing was applied: the files differ from what the database has recorded");
    for (auto& stray : strays(database, place)) report.findings.push_back(std::move(stray));
    if (std::any_of(report.findings.begin(), report.findings.end(), report::decides))
        return refuse(std::move(report), "nothing was applied: the folder has SQL files that are not run");
    const auto steps = TRY(select_up(standing, request));
    for (const auto& version : request.confirm_destructive) {
        const auto plain = files::plain_version(version).value_or(version);
        if (!files::find(database.folder.all, plain))
            return usage(fmt::format("--confirm-destructive: no migration has the version {}; correct it", version));
    }
    TRY_VOID(check_begun(steps, database.dialect()));
    for (const Step* step : steps) TRY_VOID(check_script(step->file->up, database.dialect()));
    auto judged = TRY(judge(steps, database, place, request.skip));
    soften(judged.findings, place);
    for (auto& finding : judged.findings) report.findings.push_back(std::move(finding));
    if (std::any_of(report.findings.begin(), report.findings.end(), report::decides))
        return refuse(std::move(report),
                      "nothing was applied: lint finds errors; correct the files, give a reason by a "
                      "comment, or say --skip RULE");
    Carrier carrier(database, place, request);
    if (!steps.empty()) {
        if (auto drifted = TRY(schema_drift(database))) {
            drifted->severity = report::Severity::warning;
            report.findings.push_back(std::move(*drifted));
        }
        TRY_VOID(confirm_up_reach(steps, judged, request));
        TRY_VOID(confirm(steps, judged.destructive, request, place));
        const auto backup = TRY(backup_first(place, database.settings, database.address));
        sys::fault_point("ready");
        for (const Step* step : steps)
            if (!TRY(carrier.run(carrier.up(*step, backup)))) break;
    }
    if (carrier.is_all_well() && (carrier.count() > 0 || database.schema_fingerprint.empty()))
        TRY_VOID(keep_fingerprint(database));
    const auto applied = carrier.count();
    bool is_undone = false;
    std::string stays;
    if (carrier.is_all_well()) {
        auto wrong = TRY(ask_questions(database));
        const bool rolls_back = !wrong.empty() && applied > 0 && database.settings.on_failure == "rollback";
        for (auto& finding : wrong) report.findings.push_back(std::move(finding));
        if (rolls_back) {
            stays = TRY(why_no_way_back(steps, database, place, request));
            if (stays.empty()) TRY_VOID(take_back(steps, database, carrier));
        }
        is_undone = rolls_back && stays.empty();
    }
    carrier.fill(report);
    const auto after = compare(database.folder.all, database.records);
    report.members.push_back(report::member("current", after.current));
    report.outputs = {{"version", after.current},
                      {"applied", std::to_string(is_undone ? 0 : applied)},
                      {"pending", std::to_string(after.count(&Step::is_pending))}};
    report.facts = carrier.count() == 0 && carrier.is_all_well()
                       ? fmt::format("nothing to do; {}", after.counted())
                       : fmt::format("{} applied{}; {}", counted(applied, "migration", "migrations"),
                                     is_undone ? " and taken back" : "", after.counted());
    if (!stays.empty()) report.facts += "; a query of verify failed, and the applied migrations stay: " + stays;
    refuse_nothing(report, database);
    if (std::any_of(report.findings.begin(), report.findings.end(), report::decides))
        report.verdict = report::Verdict::fail;
    return report;
}

}
