// down and redo.
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
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

Result<report::Report> told(report::Report report, const Carrier& carrier, const Database& database,
                            const std::string& done) {
    carrier.fill(report);
    const auto after = compare(database.folder.all, database.records);
    report.members.push_back(report::member("current", after.current));
    report.outputs = {{"version", after.current}, {"pending", std::to_string(after.count(&Step::is_pending))}};
    report.facts = fmt::format("{}; {}", done, after.counted());
    return report;
}

Result<report::Report> would(const std::vector<const Step*>& steps, const Standing& standing,
                             const Database& database) {
    report::Report report;
    sys::Json list = sys::Json::array();
    for (const Step* step : steps) {
        const auto& script = *step->file->down;
        report.text += fmt::format("-- {} ({})\n{}\n", step->label(), script.path, trim(std::string_view(script.sql)));
        list.push_back({{"version", step->version()}, {"name", step->file->name}, {"file", script.path}});
    }
    report.members = {report::member("migrations", std::move(list)), report::member("current", standing.current)};
    report.facts = fmt::format("{} would be taken back", counted(steps.size(), "migration", "migrations"));
    (void)database;
    return report;
}

// Its way back may be another one than that of what was applied. Who develops corrects one until it runs.
Result<void> check_way_back(const Step& step, const Place& place) {
    if (step.is_changed)
        return no(
            fmt::format("{} was changed after it was applied, and its way back may be different; restore the file, or, "
                        "if you know that it is the same, run: fairlead-migrate repair --accept-checksum {}",
                        step.label(), step.version()),
            {step.file->down->path, 1, 0, ""});
    if (!step.is_way_back_changed || place.is_development()) return {};
    return no(fmt::format("the way back of {} was changed after it was applied; restore the file, or, if the new way "
                          "back is right, run: fairlead-migrate repair --accept-checksum {}",
                          step.label(), step.version()),
              {step.file->down->path, 1, 0, ""});
}

Result<void> confirm_back(const std::vector<const Step*>& steps, const Request& request, const Database& database,
                          const Place& place) {
    std::vector<const files::Script*> ways;
    std::vector<std::string> names;
    for (const Step* step : steps) {
        ways.push_back(&*step->file->down);
        names.push_back(step->version());
    }
    const auto reached = TRY(reaches(database, ways));
    TRY_VOID(confirm_reach(reached, ways, names, request));
    if (!place.is_guarded()) return {};
    auto versions = TRY(destroyed_back(steps, Run::earlier, database, place));
    if (place.environment.empty()) { // whose database it is nobody said: it may be the one that matters
        versions.clear();
        for (const Step* step : steps) versions.push_back(step->version());
    }
    return confirm_destructive(versions, request, place);
}

}

Result<report::Report> down(const Place& place, const Request& request) {
    if (request.count.empty() && request.to.empty()) return select_down({}, request).error();
    auto database = TRY(request.dry_run ? look(place, request) : take(place, request));
    const auto standing = compare(database.folder.all, database.records);
    const auto steps = TRY(select_down(standing, request));
    for (const Step* step : steps) {
        TRY_VOID(check_way_back(*step, place));
        TRY_VOID(check_unchanged(*step, database.dialect()));
        TRY_VOID(check_script(*step->file->down, database.dialect()));
    }
    if (request.dry_run) return would(steps, standing, database);
    Carrier carrier(database, place, request);
    if (!steps.empty()) {
        std::vector<std::string> labels;
        for (const Step* step : steps) labels.push_back(step->label());
        if (place.is_production()) TRY_VOID(request.confirm(fmt::format("takes back {}", join(labels, ", "))));
        TRY_VOID(confirm_back(steps, request, database, place));
        TRY(backup_first(place, database.settings, database.address));
        sys::fault_point("ready");
        for (const Step* step : steps)
            if (!TRY(carrier.run(carrier.down(*step)))) break;
    }
    if (carrier.is_all_well() && carrier.count() > 0) TRY_VOID(keep_fingerprint(database));
    return told({}, carrier, database, counted(carrier.count(), "migration taken back", "migrations taken back"));
}

// Killed between both ways, it goes up with the next redo: the row says that it was one.
Result<report::Report> redo(const Place& place, const Request& request) {
    if (place.is_production())
        return usage(fmt::format(
            "redo takes back a migration that {} uses, and is only for development; write a new migration instead",
            place.environment));
    auto database = TRY(request.dry_run ? look(place, request) : take(place, request));
    const auto standing = compare(database.folder.all, database.records);
    const Step* half = nullptr;
    for (const Step& step : standing.steps)
        if (step.file && step.record && !step.is_applied() && (step.is_open() || step.record->direction == "redo"))
            half = &step;
    const auto applied = standing.applied();
    if (!half && applied.empty()) return usage("no migration is applied, so nothing can be done again");
    const Step& step = half ? *half : *applied.front();
    Request one = request;
    one.count = "1";
    if (!half) TRY(select_down(standing, one));
    if (!half && !place.is_development())
        TRY_VOID(check_way_back(step, place)); // there a file is often corrected and run again
    TRY_VOID(check_unchanged(step, database.dialect()));
    TRY_VOID(check_script(step.file->up, database.dialect()));
    for (const Step& other : standing.steps)
        if (&other != &step && other.is_changed)
            return no(
                fmt::format("{} was changed after it was applied; restore the file, or see: fairlead-migrate repair",
                            other.label()),
                {other.file->up.path, 1, 0, ""});
    if (request.dry_run) return would({&step}, standing, database);
    TRY_VOID(confirm_back({&step}, request, database, place));
    Carrier carrier(database, place, request);
    sys::fault_point("ready");
    bool goes_on = true;
    const bool goes_back = !half || (step.is_open() && step.record->direction != "up");
    if (goes_back) {
        auto task = carrier.down(step);
        task.redoes = task.row.direction = "redo";
        goes_on = TRY(carrier.run(task));
        sys::fault_point("between");
    }
    if (goes_on) {
        Step again = step;
        if (goes_back || !step.is_open()) again.record = nullptr;
        TRY(carrier.run(carrier.up(again, "")));
    }
    if (carrier.is_all_well()) TRY_VOID(keep_fingerprint(database));
    report::Report report;
    const auto label = step.label();
    return told(std::move(report), carrier, database,
                carrier.is_all_well() ? label + " was taken back and applied again" : label + " was not done again");
}

}
