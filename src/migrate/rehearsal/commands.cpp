#include "migrate/rehearsal/commands.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/rehearsal/beyond.h"
#include "migrate/rehearsal/budget.h"
#include "migrate/rehearsal/clone.h"
#include "migrate/rehearsal/stage.h"
#include "migrate/steps/select.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {
namespace {

using rehearsal::Measured;

std::string line_of(const Measured& one) {
    std::string lock(one.lock == sql::Lock::none ? "none" : sql::name_of(one.lock));
    std::string text = fmt::format("{} {}:{}: {}; {} ms; lock: {}", one.version, one.direction, one.line, one.kind,
                                   one.took.count(), lock);
    if (!one.rewrites.empty()) text += "; rewrites " + join(one.rewrites, ", ");
    if (one.rows > 0) text += fmt::format("; {} rows", one.rows);
    if (one.wal > 0) text += fmt::format("; {} bytes of WAL", one.wal);
    if (!one.why.empty()) text += "; refused: " + one.why;
    return text + "\n";
}

sys::Json json_of(const Measured& one) {
    sys::Json json = {{"version", one.version},
                      {"direction", one.direction},
                      {"line", one.line},
                      {"kind", one.kind},
                      {"duration_ms", one.took.count()},
                      {"lock", one.lock == sql::Lock::none ? "none" : std::string(sql::name_of(one.lock))},
                      {"rewrites", one.rewrites},
                      {"rows", one.rows},
                      {"wal_bytes", one.wal}};
    if (!one.why.empty()) json["error"] = one.why;
    return json;
}

// Up; with `round_trip` down and up again, too. Empty: all of it went well; else what did not.
Result<std::string> carry_out(Database& database, const Place& place, const Request& request, rehearsal::Stage& stage) {
    const auto standing = compare(database.folder.all, database.records);
    for (const auto& finding : drift(standing, place.is_development() ? Missing::warning : Missing::error,
                                     database.settings.allow_out_of_order ? Late::allowed : Late::refused))
        if (report::decides(finding)) return "up would refuse: " + finding.message;
    const auto steps = TRY(select_up(standing, request));
    std::vector<const files::Script*> scripts;
    for (const Step* step : steps) {
        scripts.push_back(&step->file->up);
        if (request.round_trip && step->file->down) scripts.push_back(&*step->file->down);
    }
    TRY_VOID(rehearsal::check_stays_within(scripts, database));
    if (!scripts.empty()) TRY_VOID(rehearsal::tell_of_rights(database));
    Carrier carrier(database, place, request);
    const std::string before = TRY(schema_fingerprint(database));
    for (const Step* step : steps) {
        const bool ran = TRY(stage.run(carrier.up(*step, "")));
        if (!ran) return fmt::format("{} failed in the clone", step->label());
    }
    if (!request.round_trip || steps.empty()) return std::string();
    const std::string after = TRY(schema_fingerprint(database));
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        if (!(*step)->file->down) return fmt::format("{} has no way back, so there is no round trip", (*step)->label());
        Task task = carrier.up(**step, "");
        task.script = &*(*step)->file->down;
        task.direction = Direction::down;
        task.row.state = records::State::reverted;
        const bool ran = TRY(stage.run(task));
        if (!ran) return fmt::format("the way back of {} failed in the clone", (*step)->label());
    }
    const std::string back = TRY(schema_fingerprint(database));
    if (back != before)
        return std::string("the way back does not restore the schema: it differs from the schema before");
    for (const Step* step : steps) {
        const bool ran = TRY(stage.run(carrier.up(*step, "")));
        if (!ran) return fmt::format("{} failed in the clone when it was applied again", step->label());
    }
    const std::string again = TRY(schema_fingerprint(database));
    return again == after ? std::string()
                          : std::string("applied again, the schema differs from the schema of the first time");
}

Result<void> check_place(const Place& place, const Settings& settings) {
    if (!place.is_production() || settings.rehearse.on == "production") return {};
    return usage(fmt::format("a rehearsal copies the database on its own server, and '{}' is production: rehearse "
                             "elsewhere, or say rehearse: {{on: production}} under migrate in fairlead.yml",
                             place.environment));
}

}

Result<report::Report> rehearse(const Place& place, const Request& request) {
    const Settings settings = TRY(settings_of(place, request));
    TRY_VOID(check_place(place, settings));
    rehearsal::Budget budget;
    if (!request.budget.empty()) budget = TRY(rehearsal::parse_budget(request.budget));
    const auto address = TRY(server::find_database(settings, place.variables));
    const auto clone = TRY(rehearsal::Clone::make(address, settings, place.variables));
    auto variables = place.variables.all();
    variables["FAIRLEAD_DATABASE_URL"] = clone.url();
    const sys::Environment inside(std::move(variables));
    const Place there{place.config, place.section, inside, place.environment, place.profile};
    auto database = TRY(take(there, request));
    std::optional<rehearsal::Sampler> sampler;
    if (!database.is_sqlite()) {
        auto started = TRY(rehearsal::Sampler::start(database.address, server::application(place.variables),
                                                     database.connection.identity.pid));
        sampler.emplace(std::move(started));
    }
    rehearsal::Stage stage(database, std::move(sampler));
    const auto shared = TRY(rehearsal::shared_by_all(database));
    std::string failed = TRY(carry_out(database, there, request, stage));
    const auto now = rehearsal::shared_by_all(database);
    const auto changed = now.ok() ? rehearsal::changed_since(shared, now.value()) : std::vector<std::string>{};
    if (!changed.empty())
        failed =
            fmt::format("outside of the clone, on the server itself, this changed meanwhile and stays so: {}; if a "
                        "migration did it, take it back by hand{}",
                        join(changed, ", "), failed.empty() ? "" : "; " + failed);
    const std::string over = rehearsal::over(budget, stage.longest_lock(), stage.total());

    report::Report report;
    sys::Json list = sys::Json::array();
    for (const auto& one : stage.measured()) {
        report.text += line_of(one);
        list.push_back(json_of(one));
    }
    report.members = {report::member("rehearsal", {{"clone", clone.how()},
                                                   {"has_rows", clone.has_rows()},
                                                   {"statements", std::move(list)},
                                                   {"longest_lock_ms", stage.longest_lock().count()},
                                                   {"total_ms", stage.total().count()}})};
    report.facts = fmt::format("{}in {}: {}, {} in all; other sessions could not write for {} at most",
                               failed.empty() ? "" : failed + "; ", clone.how(),
                               counted(stage.measured().size(), "statement", "statements"),
                               format_duration(stage.total()), format_duration(stage.longest_lock()));
    if (!over.empty()) report.facts += "; " + over;
    if (failed.empty() && over.empty()) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = failed.empty() ? over : failed;
    return report;
}

Result<report::Report> collect_rehearsals(const Place& place, const Request& request) {
    const Settings settings = TRY(settings_of(place, request));
    const auto address = TRY(server::find_database(settings, place.variables));
    const auto dropped = TRY(rehearsal::collect(address, place.variables, request.dry_run));
    report::Report report;
    for (const auto& name : dropped) report.text += (request.dry_run ? "would drop " : "dropped ") + name + "\n";
    report.facts = counted(dropped.size(), "rehearsal database", "rehearsal databases") +
                   (request.dry_run ? " would be dropped" : " dropped");
    report.members = {report::member("dropped", dropped)};
    return report;
}

}
