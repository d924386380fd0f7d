#include "base/text.h"
#include "migrate/drivers/commands.h"
#include "migrate/settings.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

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

struct Below {
    std::string folder; // from the tree's
    Choice choice;
};

// Tools of folders further down.
std::vector<Below> tools_below(const Tree& tree) {
    std::set<std::string> folders;
    for (const auto& file : tree.walk("").files) {
        const sys::Path path(file);
        const auto name = path.filename().string();
        const bool is_mark = name == "alembic.ini" || name == "manage.py" || name.starts_with("flyway.");
        if (is_mark) folders.insert(path.parent_path().string());
        for (const std::string_view place : {"/prisma/migrations/", "/db/migrate/"})
            if (const auto at = file.find(place); at != file.npos) folders.insert(file.substr(0, at));
    }
    std::vector<Below> found;
    for (const auto& folder : folders) {
        const auto below = Tree::of_work_tree(tree.folder() / folder);
        if (folder.empty() || !below.ok()) continue;
        auto choice = choose_driver(below.value(), "");
        if (choice.driver != nullptr) found.push_back({folder, std::move(choice)});
    }
    return found;
}

std::string near_here(const sys::Path& path) {
    return path.lexically_normal().lexically_proximate(std::filesystem::current_path()).string();
}

// Where its migrations are, by its files alone.
std::vector<std::string> places_of(const Project& project, const Choice& choice) {
    const auto standing = choice.driver->read(project, {});
    return standing.ok() ? standing->places : std::vector<std::string>();
}

// Driver::lint with the folders that status reads.
Result<std::string> lint_of(const Choice& choice) {
    Project project;
    project.word = choice.word;
    project.files = TRY(Tree::of_work_tree(choice.folder));
    project.dir = choice.dir;
    std::vector<std::string> folders;
    for (const auto& place : places_of(project, choice)) folders.push_back(near_here(choice.folder / place));
    return replace_all(std::string(choice.driver->lint), "{}", folders.empty() ? "FOLDER" : join(folders, " "));
}

bool is_within(const sys::Path& inner, const sys::Path& outer) {
    const auto way = inner.lexically_normal().lexically_relative(outer.lexically_normal()).string();
    return !way.empty() && !way.starts_with("..");
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
        choice.dir = settings.dir;
        if (lower.driver != nullptr && lower.driver->is_found(within)) {
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
    const bool is_theirs = command == "lint" && driver_named(settings.driver) != nullptr && settings.layout == "plain";
    const bool has_own = own.ok() && !own.value().empty() && !is_theirs;
    if (!is_asked(command) || has_own) return {};
    const auto choice = TRY(choose(config, section, is_foreign));
    if (command == "lint" && choice.driver != nullptr) {
        const auto way_out = TRY(lint_of(choice));
        return usage(fmt::format("lint: {} keeps these migrations ({}){}; {}", choice.driver->title, choice.why,
                                 own.ok() && own.value().empty() ? ", and no *.sql is in " + settings.dir : "",
                                 way_out));
    }
    if (choice.driver != nullptr || !settings.driver.empty()) return {};
    const auto tree = TRY(tree_of(folder, config, is_foreign));
    for (const auto* file : {"knexfile.js", "knexfile.ts", "knexfile.cjs", "knexfile.mjs"})
        if (tree.has_file(file))
            return usage(fmt::format("{} is here, so knex runs these migrations, and only knex reads that file; run: "
                                     "npx knex migrate:list; for your own files of SQL say migrate.driver: sql",
                                     file));
    if (command == "new" || section["dir"].present() || tree.has_folder(settings.dir)) return {};
    std::vector<std::string> here, ways;
    for (const Below& one : tools_below(tree)) {
        here.push_back(fmt::format("{} is in {}", one.choice.driver->mark, one.folder));
        ways.push_back(fmt::format("migrate: {{driver: {}, dir: {}}}", one.choice.driver->name, one.folder));
    }
    if (here.empty()) return {};
    return usage(fmt::format("the folder of migrations '{}' is not there, and {}; write in fairlead.yml: {}",
                             near_here(folder / settings.dir), join(here, ", "), join(ways, ", or ")));
}

Result<void> check_dir(const Project& project, const Choice& choice, const config::Value& section) {
    const auto places = choice.dir.empty() ? std::vector<std::string>() : places_of(project, choice);
    const bool is_there = places.empty() || std::any_of(places.begin(), places.end(), [&](const std::string& place) {
                              return is_within(place, choice.dir) || is_within(choice.dir, place);
                          });
    if (is_there) return {};
    return section["dir"].error(fmt::format("migrate.dir: '{}' is not where {} keeps its migrations ({}); leave it "
                                            "out, or, if it holds your own SQL, say migrate.driver: sql",
                                            choice.dir, choice.driver->title, join(places, ", ")));
}

bool is_asked(std::string_view command) {
    constexpr std::string_view of_server[] = {"ping", "unlock", "create", "reset", "gc"};
    return std::find(std::begin(of_server), std::end(of_server), command) == std::end(of_server);
}

Result<void> check_ask_tool(const Choice& choice, const config::Value& section) {
    if (choice.driver != nullptr && !choice.driver->look.empty()) return {};
    const auto named = section["driver"];
    const auto message = choice.driver == nullptr
                             ? fmt::format("--ask-tool: no other tool keeps these migrations{}, so no tool can be "
                                           "started; leave it out, or name the tool as migrate.driver",
                                           named.present() ? fmt::format(" (migrate.driver: {})", named.text()) : "")
                             : fmt::format("--ask-tool: {} keeps these migrations ({}), and it is not started from "
                                           "here: its files and its table say everything; leave it out",
                                           choice.driver->title, choice.why);
    return named.present() ? named.error(message) : usage(message);
}

Result<void> check(std::string_view command, const Request& request, const Choice& choice) {
    constexpr std::string_view known[] = {"status", "pending", "history", "plan",   "up",
                                          "down",   "redo",    "new",     "verify", "baseline"};
    if (std::find(std::begin(known), std::end(known), command) == std::end(known))
        return usage(fmt::format("{}: {} keeps these migrations ({}), and it has no such command", command,
                                 choice.driver->title, choice.why));
    if (!request.skip.empty())
        return usage(
            fmt::format("--skip: lint doesn't check the migrations of {}; leave it out", choice.driver->title));
    if (request.statement_timeout.count() > 0)
        return usage(fmt::format("--statement-timeout: {} opens its own session; set the timeout there, for libpq by "
                                 "PGOPTIONS='-c statement_timeout=60s'",
                                 choice.driver->title));
    if (!request.dir.empty())
        return usage(
            fmt::format("--dir: {} knows its own folder; say where the project is by migrate.dir in fairlead.yml",
                        choice.driver->title));
    if (const auto count = parse_integer(request.count); !request.count.empty() && (!count.ok() || count.value() <= 0))
        return usage(fmt::format("'{}' is not a number of migrations; write 1 or more", request.count));
    if (!request.count.empty() && !request.to.empty())
        return usage(fmt::format("'{}' and --to {} both say how far; leave one out", request.count, request.to));
    if (command == "down" && request.count.empty() && request.to.empty())
        return usage("down: say how many, or --to VERSION; nothing is taken back by default");
    if (command == "baseline" && request.version.empty())
        return usage("baseline: say the version, as: baseline VERSION");
    if (command == "new" && request.name.empty()) return usage("new: say its name, as: new add_price");
    return {};
}

}
