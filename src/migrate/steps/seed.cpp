// seed and new.
#include "base/text.h"
#include "base/version.h"
#include "migrate/steps/apply/apply.h"
#include "migrate/steps/apply/carry.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/confirm.h"
#include "migrate/steps/judge/judge.h"
#include "migrate/steps/reach.h"
#include "sys/account.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

Result<const Seed*> seed_of(const Settings& settings, const std::string& name) {
    std::vector<std::string> known;
    for (const Seed& one : settings.seeds) {
        if (one.name == name && one.file.empty())
            return usage(fmt::format("migrate.seeds.{}.file is missing; write the seed's file there", name));
        if (one.name == name) return &one;
        known.push_back(one.name);
    }
    const std::string ways = known.empty() ? "migrate.seeds of fairlead.yml has no seed" : "expected " + one_of(known);
    return usage(name.empty() ? "seed needs a name; " + ways : fmt::format("seed '{}' is unknown; {}", name, ways));
}

Result<void> check_allowed(const Seed& seed, const Place& place) {
    const auto& names = seed.environments;
    const bool is_named = std::find(names.begin(), names.end(), place.environment) != names.end();
    if (names.empty() ? place.is_development() : is_named) return {};
    const std::string where = names.empty() ? "environments whose profile is development" : one_of(names);
    return usage(fmt::format("seed '{}' may not run in {}; it is for {} (migrate.seeds.{}.environments); nothing was "
                             "touched",
                             seed.name,
                             place.environment.empty() ? "an environment that is not named" : place.environment, where,
                             seed.name));
}

// It always runs in one transaction, and nothing takes it back.
Result<void> check_seed(const files::Script& script, sql::Dialect dialect) {
    const auto comments = files::comments_of(script.sql, dialect);
    TRY_VOID(files::check_marks(comments, script.path));
    const files::Marks marks = files::marks_of({0, script.sql.size(), 1, false, true}, comments);
    if (marks.no_transaction)
        return usage("a seed runs in one transaction, and no-transaction has no meaning in it; take the mark out",
                     {script.path, marks.no_transaction_line, 0, ""});
    return check_script(script, dialect);
}

}

Result<report::Report> seed(const Place& place, const Request& request) {
    const auto settings = TRY(settings_of(place, request));
    const Seed* wanted = TRY(seed_of(settings, request.name));
    TRY_VOID(check_allowed(*wanted, place));
    auto database =
        TRY(request.dry_run ? look(place, request, server::Makes::whatever_is_absent) : take(place, request));
    const sys::Path path =
        place.config.present() ? sys::Path(place.config.folder()) / wanted->file : sys::Path(wanted->file);
    if (place.config.present())
        TRY(in_tree(place.config, fmt::format("migrate.seeds.{}.file", wanted->name), wanted->file));
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), path));
    auto text = sys::FrozenText::read(named.root, named.path, files::longest_file);
    if (!text.ok()) return usage(fmt::format("seed '{}': {}", wanted->name, text.error().message));
    files::Script script;
    script.path = path.lexically_proximate(std::filesystem::current_path()).string();
    script.file = text.value();
    script.sql = script.file.view();
    TRY_VOID(files::check_text(script.path, script.sql));
    TRY_VOID(check_seed(script, database.dialect()));
    report::Report report;
    const auto version = "seed:" + wanted->name;
    if (records::find(database.records, version)) {
        report.facts = fmt::format("seed {} ran before; nothing to do", wanted->name);
        return report;
    }
    if (request.dry_run) {
        report.facts = fmt::format("seed {} would run: {}", wanted->name, script.path);
        return report;
    }
    if (place.is_production()) TRY_VOID(request.confirm("loads the seed " + wanted->name));
    const auto reached = TRY(reaches(database, {&script}));
    TRY_VOID(confirm_reach(reached, {&script}, {wanted->name}, request));
    if (TRY(destroys(script, database, place))) TRY_VOID(confirm_destructive({wanted->name}, request, place));
    Task task;
    task.script = &script;
    task.row.version = version;
    task.row.name = wanted->name;
    task.row.kind = "seed";
    task.row.checksum = files::checksum(script.sql);
    task.row.applied_by = fmt::format("{}@{}", sys::own_user_name(), sys::host_name());
    task.row.tool_version = fairlead::version();
    Carrier carrier(database, place, request);
    TRY(carrier.run(task));
    carrier.fill(report);
    report.facts =
        carrier.is_all_well() ? fmt::format("seed {} ran", wanted->name) : fmt::format("seed {} failed", wanted->name);
    return report;
}

Result<report::Report> begin_new(const Place& place, const Request& request) {
    const auto settings = TRY(settings_of(place, request));
    if (request.name.empty()) return usage("new needs a name; write new add_totals");
    const auto dir = dir_of(place, settings);
    auto stamp = format_utc(sys::real_clock().now()).substr(0, 19);
    std::erase_if(stamp, [](char letter) { return letter < '0' || letter > '9'; });
    const auto dialect = settings.engine == "sqlite" ? sql::Dialect::sqlite : sql::Dialect::postgres;
    const auto layout = layout_of(settings);
    const auto made = TRY(files::new_files(dir, layout, stamp, request.name, dialect));
    if (sys::inspect(dir).type != sys::FileType::absent) {
        const auto known = TRY(files::read_folder(dir, layout, dialect));
        if (!known.only_back.empty()) return known.only_back.front().error;
        if (files::find(known.all, stamp) != nullptr)
            return could_not(fmt::format("version {} was used a moment ago; run the command again", stamp));
        if (!known.all.empty() && files::is_before(stamp, known.all.back().version))
            return usage(
                fmt::format("{} has the version {}, which is later than now; rename it, or the new migration comes "
                            "before it",
                            known.all.back().up.path, known.all.back().version));
    }
    report::Report report;
    sys::Json list = sys::Json::array();
    if (!request.dry_run) TRY_VOID(sys::make_folders(dir));
    for (const auto& file : made) {
        if (!request.dry_run) TRY_VOID(sys::write_file(file.path, file.text));
        report.text += file.path + "\n";
        list.push_back(file.path);
    }
    report.facts = request.dry_run ? "two files would be written" : "two files are written; fill them in";
    report.members = {report::member("files", std::move(list))};
    return report;
}

}
