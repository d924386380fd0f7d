#include "migrate/steps/judge/judge.h"
#include "base/time.h"
#include "migrate/lint/lint.h"
#include "migrate/lint/run.h"
#include "migrate/lint/script.h"
#include "migrate/sql/lock.h"
#include "migrate/steps/judge/harm.h"
#include "migrate/steps/pieces.h"
#include "migrate/steps/reach.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::migrate {

namespace {

lint::Options options_of(const Database& database, const Place& place) {
    lint::Options options;
    const int major = database.connection.identity.major;
    options.postgres = database.is_sqlite() || major == 0 ? static_cast<int>(database.settings.postgres) : major;
    options.profile = place.profile;
    options.dialect = database.dialect();
    options.layout = layout_of(database.settings);
    options.levels = database.settings.rules;
    options.has_lock_timeout = true; // each begins with one (session_settings)
    options.has_statement_timeout = database.settings.statement_timeout.count() > 0;
    options.is_pending = true;
    options.asks_engine = database.is_sqlite() && database.connection.session != nullptr;
    options.today = format_utc(sys::real_clock().now()).substr(0, 10);
    return options;
}

std::vector<const files::Script*> ways_of(const std::vector<const Step*>& steps, files::Script files::Migration::*way) {
    std::vector<const files::Script*> scripts;
    for (const Step* step : steps) scripts.push_back(&(step->file->*way));
    return scripts;
}

Functions functions_of(const lint::Scripts& scripts, const Database& database) {
    return {scripts.all, database.is_sqlite() ? nullptr : database.connection.session.get()};
}

}

Result<Judged> judge(const std::vector<const Step*>& steps, const Database& database, const Place& place,
                     const std::vector<std::string>& skip) {
    Judged judged;
    std::vector<lint::File> files;
    for (const Step* step : steps) {
        const auto& up = step->file->up;
        files.push_back({up.path, up.file, true});
        const auto& down = step->file->down;
        if (down && down->path != up.path) files.push_back({down->path, down->file, false});
    }
    auto options = options_of(database, place);
    options.skip = skip;
    auto scripts = lint::read_scripts(files, options);
    TRY_VOID(learn_never_null(scripts, database));
    judged.findings = lint::judge(scripts, files, options);
    options.skip.clear();
    options.only = {"mig-change-type"};
    const auto converts = lint::judge(scripts, files, options); // those that a comment silences as well
    auto functions = functions_of(scripts, database);
    TRY_VOID(functions.learn(scripts.all));
    judged.reached = TRY(reaches(database, ways_of(steps, &files::Migration::up)));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step* step = steps[i];
        const auto& path = step->file->up.path;
        bool does = std::any_of(converts.begin(), converts.end(),
                                [&](const report::Finding& finding) { return finding.file == path; });
        for (const auto& script : scripts.all) {
            if (script.path != path || script.is_down) continue;
            auto harm = TRY(harm_of(script, functions));
            does = does || harm.destroys;
            if (!place.is_development())
                std::move(harm.calls.begin(), harm.calls.end(), std::back_inserter(judged.findings));
        }
        auto told = told_reach(step->file->up, judged.reached[i]);
        does = does || !told.empty();
        std::move(told.begin(), told.end(), std::back_inserter(judged.findings));
        if (does) judged.destructive.push_back(step->version());
    }
    return judged;
}

Result<std::vector<std::string>> destroyed_back(const std::vector<const Step*>& steps, Run run,
                                                const Database& database, const Place& place) {
    std::vector<lint::File> files;
    for (const Step* step : steps) {
        const auto &up = step->file->up, &down = *step->file->down;
        if (run == Run::same && up.path != down.path) files.push_back({up.path, up.file, true});
        files.push_back({down.path, down.file, true});
    }
    auto options = options_of(database, place);
    options.is_pending = options.takes_back = run == Run::same;
    auto scripts = lint::read_scripts(files, options);
    TRY_VOID(learn_never_null(scripts, database));
    auto functions = functions_of(scripts, database);
    TRY_VOID(functions.learn(scripts.all));
    std::vector<const files::Script*> ways;
    for (const Step* step : steps) {
        if (run == Run::same) ways.push_back(&step->file->up);
        ways.push_back(&*step->file->down);
    }
    const auto reached = TRY(reaches(database, ways));
    std::vector<std::string> versions;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step* step = steps[i];
        bool does = !reached[run == Run::same ? 2 * i + 1 : i].empty();
        for (const auto& script : scripts.all) {
            if (script.path != step->file->down->path || !script.is_down) continue;
            const auto harm = TRY(harm_of(script, functions));
            does = does || harm.destroys;
        }
        if (does) versions.push_back(step->version());
    }
    return versions;
}

void soften(std::vector<report::Finding>& findings, const Place& place) {
    if (!place.environment.empty() && place.profile != config::Profile::development) return;
    for (auto& finding : findings)
        if (finding.rule != "migrate/unread") // a mark that silences nothing
            finding.severity = std::min(finding.severity, report::Severity::warning);
}

Result<bool> destroys(const files::Script& whole, const Database& database, const Place& place) {
    const auto options = options_of(database, place);
    auto scripts = lint::read_scripts({{whole.path, whole.file, true}}, options);
    if (!scripts.unread.empty()) return scripts.unread.front();
    TRY_VOID(learn_never_null(scripts, database));
    auto functions = functions_of(scripts, database);
    const auto reached = TRY(reaches(database, {&whole}));
    bool does = !reached.front().empty();
    for (const auto& script : scripts.all) {
        const auto harm = TRY(harm_of(script, functions));
        does = does || harm.destroys;
        for (const auto& finding : harm.calls) tell(finding);
    }
    return does;
}

std::vector<report::Finding> strays(const Database& database, const Place& place) {
    return lint::tell_strays(database.folder.strays, place.config, database.settings,
                             place.is_production() ? report::Severity::error : report::Severity::warning);
}

void refuse_nothing(report::Report& report, const Database& database) {
    if (!database.folder.all.empty()) return;
    report.findings.push_back(
        {.rule = "migrate/nothing",
         .message = files::nothing_in(database.dir, database.folder.others) +
                    "; write a migration: fairlead-migrate new NAME, or say migrate.dir in fairlead.yml"});
    report.verdict = report::Verdict::fail;
    report.stays_no = "no migration was found";
}

Result<std::vector<Told>> told(const files::Script& script, const Database& database) {
    std::vector<Told> all;
    const int known = database.connection.identity.major;
    const int major = database.is_sqlite() || known == 0 ? lint::default_postgres : known;
    for (const Piece& piece : TRY(pieces_of(script, database.dialect()))) {
        Told one;
        one.line = piece.line;
        one.kind = sql::kind_of(piece.text, database.dialect());
        one.sql = piece.text;
        if (!database.is_sqlite()) {
            const auto statement = sql::understand({piece.text, piece.line, false});
            const auto lock = sql::lock_of(statement, major);
            one.lock = lock == sql::Lock::none ? "none" : std::string(sql::name_of(lock));
            one.is_transactional = sql::is_transactional(statement, major);
        }
        all.push_back(std::move(one));
    }
    return all;
}

std::string strongest(const std::vector<Told>& statements) {
    auto best = sql::Lock::none;
    bool is_known = true;
    for (const Told& one : statements) {
        is_known = is_known && !one.lock.empty();
        for (int i = 0; i < static_cast<int>(sql::Lock::unknown); ++i)
            if (sql::name_of(static_cast<sql::Lock>(i)) == one.lock && !one.lock.empty())
                best = std::max(best, static_cast<sql::Lock>(i));
    }
    if (best == sql::Lock::access_exclusive || is_known)
        return best == sql::Lock::none ? "none" : std::string(sql::name_of(best));
    return "";
}

}
