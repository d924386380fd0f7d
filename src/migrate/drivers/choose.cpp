#include "base/text.h"
#include "migrate/drivers/commands.h"
#include "migrate/settings.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

// Of a foreign change what its base has says who keeps the migrations; without one nothing says so.
Result<Tree> tree_of(const sys::Path& folder, const config::Config& config, bool is_foreign) {
    if (!is_foreign) return Tree::of_work_tree(folder);
    if (config.base_commit().empty()) return Tree();
    return Tree::of_commit(folder, config.base_commit());
}

bool holds(const Tree& tree, const std::string& folder, std::string_view ending) {
    const auto within = tree.within(folder);
    if (!within) return false;
    const auto entries = tree.list(*within);
    return entries.ok() && std::any_of(entries->begin(), entries->end(), [&](const Tree::Entry& one) {
               return !one.is_folder && one.name.ends_with(ending);
           });
}

sys::Path folder_of(const config::Config& config) {
    return config.present() ? sys::Path(config.folder()) : std::filesystem::current_path();
}

}

Result<Choice> choose(const config::Config& config, const config::Value& section, bool is_foreign) {
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    const auto folder = folder_of(config);
    const auto tree = TRY(tree_of(folder, config, is_foreign));
    auto choice = choose_driver(tree, settings.driver);
    choice.folder = folder;
    if (section["dir"].present()) { // the tool may live further down: migrate.dir: backend
        const auto within = TRY(tree_of(folder / settings.dir, config, is_foreign));
        auto lower = choose_driver(within, settings.driver);
        if (lower.driver != nullptr && lower.driver->is_found(within) && !lower.driver->is_found(tree)) {
            choice = std::move(lower);
            choice.folder = folder / settings.dir;
        }
    }
    if (choice.driver == nullptr || !settings.driver.empty()) return choice;
    const bool is_idle = choice.driver->name == "rails"; // it isn't started, and SQL beside it is ours
    if (is_idle && holds(tree, settings.dir, ".sql")) choice.driver = nullptr;
    if (!is_idle && holds(tree, settings.dir, ".up.sql")) choice.also.push_back(settings.dir + "/*.up.sql (sql)");
    return choice;
}

Result<void> check_kept(std::string_view command, const config::Config& config, const config::Value& section,
                        bool is_foreign) {
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    const auto folder = folder_of(config);
    const auto own = sys::glob(folder / settings.dir, "*.sql");
    const bool has_own = own.ok() && !own.value().empty();
    if (!is_asked(command) || has_own) return {};
    const auto choice = TRY(choose(config, section, is_foreign));
    if (command == "lint" && choice.driver != nullptr)
        return usage(fmt::format("lint: {} keeps these migrations ({}), and no *.sql is in {}; {}",
                                 choice.driver->title, choice.why, settings.dir, choice.driver->lint));
    if (choice.driver != nullptr || !settings.driver.empty()) return {};
    const auto tree = TRY(tree_of(folder, config, is_foreign));
    for (const auto* file : {"knexfile.js", "knexfile.ts", "knexfile.cjs", "knexfile.mjs"})
        if (tree.has_file(file))
            return usage(
                fmt::format("{} is here: knex runs these migrations, and only it reads that file; run: npx knex "
                            "migrate:list; for files of SQL of your own say migrate.driver: sql",
                            file));
    return {};
}

bool is_asked(std::string_view command) {
    constexpr std::string_view of_server[] = {"ping", "unlock", "create", "reset", "gc"};
    return std::find(std::begin(of_server), std::end(of_server), command) == std::end(of_server);
}

Result<void> check_ask_tool(const Choice& choice, const config::Value& section) {
    if (choice.driver != nullptr && !choice.driver->look.empty()) return {};
    const auto named = section["driver"];
    const auto message =
        choice.driver == nullptr
            ? fmt::format(
                  "--ask-tool: no other tool keeps these migrations{}, so there is none to ask; leave it out, or "
                  "say whose they are as migrate.driver",
                  named.present() ? fmt::format(" (migrate.driver: {})", named.text()) : "")
            : fmt::format("--ask-tool: {} keeps these migrations ({}), and it is not started from here: its files and "
                          "its table tell all; leave it out",
                          choice.driver->title, choice.why);
    return named.present() ? named.error(message) : usage(message);
}

Result<void> check(std::string_view command, const Request& request, const Choice& choice) {
    constexpr std::string_view known[] = {"status", "pending", "history", "plan",   "up",
                                          "down",   "redo",    "new",     "verify", "baseline"};
    if (std::find(std::begin(known), std::end(known), command) == std::end(known))
        return usage(fmt::format("{}: {} keeps these migrations ({}), and it has nothing like that", command,
                                 choice.driver->title, choice.why));
    if (!request.skip.empty())
        return usage(
            fmt::format("--skip: no rule of lint is asked of what {} keeps; leave it out", choice.driver->title));
    if (request.statement_timeout.count() > 0)
        return usage(fmt::format("--statement-timeout: {} opens a session of its own; set it there, for libpq by "
                                 "PGOPTIONS='-c statement_timeout=60s'",
                                 choice.driver->title));
    if (!request.dir.empty())
        return usage(fmt::format("--dir: {} knows its own; say where the project is by migrate.dir in fairlead.yml",
                                 choice.driver->title));
    if (const auto count = parse_integer(request.count); !request.count.empty() && (!count.ok() || count.value() <= 0))
        return usage(fmt::format("'{}' is not a number of migrations; write 1 or more", request.count));
    if (!request.count.empty() && !request.to.empty())
        return usage(
            fmt::format("'{}' and --to {} both say how far; leave one of them out", request.count, request.to));
    if (command == "down" && request.count.empty() && request.to.empty())
        return usage("down: say how many, or --to VERSION; nothing is taken back by default");
    if (command == "baseline" && request.version.empty())
        return usage("baseline: say the version, as: baseline VERSION");
    if (command == "new" && request.name.empty()) return usage("new: say its name, as: new add_price");
    return {};
}

}
