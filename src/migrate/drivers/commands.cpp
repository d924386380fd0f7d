#include "migrate/drivers/commands.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/drivers/database.h"
#include "migrate/drivers/guard.h"
#include "migrate/drivers/told.h"
#include "migrate/drivers/tool.h"
#include "migrate/server/lock.h"
#include "migrate/steps/backup.h"
#include "migrate/steps/confirm.h"
#include "migrate/steps/database.h"
#include "migrate/steps/questions.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/host.h"
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace fairlead::migrate::drivers {

namespace {

using State = Migration::State;

Goal goal_of(const Request& request) {
    return {static_cast<std::size_t>(parse_integer(request.count).value_or(0)), request.to};
}

// One command's view of project and database.
class Work {
  public:
    static Result<Work> begin(std::string_view command, const Choice& choice, const Place& place,
                              const Request& request) {
        Work work(command, choice, place, request);
        TRY_VOID(settings_rows().read(place.section, work.settings_));
        auto& settings = work.settings_;
        if (!request.table.empty()) settings.table = request.table;
        if (!request.backup_first.empty()) settings.backup_first = request.backup_first;
        work.project_.word = choice.word;
        work.project_.files = TRY(Tree::of_work_tree(choice.folder));
        work.project_.words = settings.command;
        work.project_.variables = &place.variables;
        work.project_.dir = choice.dir;
        TRY_VOID(check_dir(work.project_, choice, place.section));
        work.starts_ = work.is_starter();
        if (work.starts_ && place.is_foreign) return work.not_started();
        work.address_ = TRY(server::find_database(settings, place.variables));
        if (!work.starts_) return work;
        const auto dir_word = choice.driver->dir_word == nullptr ? "" : choice.driver->dir_word(work.project_);
        const Ways ways{choice.folder, settings.command, settings.via, dir_word,
                        place.config.declared(place.environment)};
        auto tool = TRY(Tool::open(sys::real_host(), *choice.driver, ways, work.address_, place.variables));
        work.tool_ = std::make_unique<Tool>(std::move(tool));
        return work;
    }

    Result<report::Report> run() {
        TRY_VOID(check_there());
        if (command_ == "new") return create();
        if (command_ == "up" && request_.dry_run) command_ = "plan";
        if (command_ == "up" || command_ == "down" || command_ == "redo" || command_ == "baseline")
            return request_.dry_run ? dry_run() : change();
        auto standing = TRY(look());
        if (standing.trouble && standing.trouble->kind == Kind::usage) return *standing.trouble;
        if (is_contract() && (command_ == "pending" || command_ == "plan"))
            std::erase_if(standing.all, [](const Migration& one) { return one.state == State::pending; });
        if (command_ == "history") return told_history(driver_, standing);
        if (command_ == "pending") return told_pending(driver_, standing);
        if (command_ == "plan") return plan(standing);
        if (command_ == "verify") return verify(standing);
        return status(standing);
    }

  private:
    bool is_starter() const {
        constexpr std::string_view starters[] = {"up", "down", "redo", "baseline", "new", "verify"};
        const bool is_one = std::find(std::begin(starters), std::end(starters), command_) != std::end(starters);
        return !driver_.program.empty() && !request_.dry_run && (is_one || request_.ask_tool);
    }

    Error not_started() const {
        return could_not(
            fmt::format("{}{} starts {}, a program that the tree names, and this change is not your own; run it in a "
                        "change of your own; fairlead-migrate status, pending and plan start nothing",
                        command_, request_.ask_tool ? " --ask-tool" : "", driver_.title));
    }

    Work(std::string_view command, const Choice& choice, const Place& place, const Request& request)
        : command_(command), choice_(choice), place_(place), request_(request), driver_(*choice.driver),
          goal_(goal_of(request)) {}

    Result<void> connect() {
        if (connection_) return {};
        server::Wanted wanted;
        wanted.application = server::application(place_.variables);
        wanted.pooler = true; // only its table is read; the lock has a connection of its own
        connection_ = TRY(server::connect(address_, wanted));
        return {};
    }

    bool is_contract() const { return request_.phase == "contract"; } // they name no phase: all of them expand

    // A file of SQLite that is not there is made by what changes it, and by nothing else; its tool would make it.
    Result<void> check_there() const {
        const bool makes = command_ == "pending" || command_ == "plan" || command_ == "up" || command_ == "baseline";
        if (command_ == "new") return {};
        return server::check_there(address_, makes ? server::Makes::whatever_is_absent : server::Makes::nothing,
                                   place_.is_production());
    }

    Result<Standing> look() {
        Records records;
        const auto& named = settings_.version_table;
        const auto table = named.empty() ? std::string(driver_.table) : named;
        if (!server::is_absent(address_)) {
            TRY_VOID(connect());
            records = TRY(read_records(*connection_, driver_, table));
        }
        auto standing = TRY(read(std::move(records)));
        standing.nothing = why_nothing(driver_, standing);
        for (Unread& one : standing.unread) {
            const auto path = (choice_.folder / one.file).lexically_normal();
            one.file = path.lexically_proximate(std::filesystem::current_path()).string();
        }
        return standing;
    }

    // By the files; where the tool is started, by its word.
    Result<Standing> read(Records records) {
        if (!starts_ || driver_.look.empty()) return driver_.read(project_, records);
        const auto said = TRY(tool_->ask(driver_.look));
        return driver_.hear({said.out, said.err, said.status, std::move(records), address_.shown});
    }

    std::string named(const Words& words) const { return drivers::named(driver_, words); }

    Result<report::Report> status(const Standing& standing) {
        auto report = told_status(driver_, standing, address_.shown, place_.is_development());
        if (!connection_) return report;
        const auto holder = TRY(server::lock_holder(*connection_, settings_.table));
        if (holder) report.text += fmt::format("locked by {}\n", printable(server::described(*holder)));
        report.members.push_back(report::member("lock", holder ? sys::Json(server::described(*holder)) : sys::Json()));
        return report;
    }

    // The queries of migrate.verify.
    Result<void> ask(report::Report& report) {
        if (settings_.verify.empty() || !connection_) return {};
        const bool is_sqlite = address_.engine == server::Engine::sqlite;
        auto wrong = TRY(ask_questions(*connection_->session, settings_.verify,
                                       is_sqlite ? sql::Dialect::sqlite : sql::Dialect::postgres));
        if (wrong.empty()) return {};
        for (auto& finding : wrong) report.findings.push_back(std::move(finding));
        report.verdict = report::Verdict::fail;
        report.stays_no = "a query of migrate.verify does not give the expected answer";
        return {};
    }

    Result<report::Report> dry_run() {
        const auto standing = TRY(look());
        if (standing.trouble) return *standing.trouble;
        std::vector<std::string> commands;
        const auto words = TRY(commands_for(standing));
        for (const Words& one : words) commands.push_back(named(one));
        return told_dry_run(driver_, standing, commands);
    }

    Result<report::Report> create() {
        if (driver_.create == nullptr)
            return usage(fmt::format("new: {} has no command for that; write the file next to the other migrations",
                                     driver_.title));
        const auto words = driver_.create(request_.name);
        if (request_.dry_run) return told_dry_run(driver_, {}, {named(words)});
        const auto said = TRY(tool_->act(words));
        if (said.status != 0) return could_not(failed(words, said));
        report::Report report;
        report.facts = fmt::format("{} made the migration", named(words));
        return report;
    }

    std::string failed(const Words& words, const Said& said) const {
        const auto why = driver_.explain == nullptr ? std::string() : driver_.explain(said.err + said.out);
        const auto all = trim(said.err + said.out);
        return fmt::format("{} ended with status {}: {}", named(words), said.status,
                           why.empty() ? all.substr(all.find_last_of('\n') + 1) : why);
    }

    Result<report::Report> plan(const Standing& standing) {
        if (standing.trouble) return *standing.trouble;
        std::vector<Printed> printed;
        const auto pending = standing.of(State::pending);
        if (driver_.sql == nullptr && driver_.no_sql.empty()) {
            for (const Migration& one : pending) {
                Printed next = TRY(printed_from(project_, one));
                printed.push_back(std::move(next));
            }
        } else if (starts_ && driver_.sql != nullptr) {
            for (const Words& words : pending.empty() ? std::vector<Words>() : driver_.sql(standing)) {
                const auto said = TRY(tool_->ask(words));
                if (said.status != 0) return could_not(failed(words, said));
                printed.push_back({named(words), "", said.out});
            }
            if (!pending.empty() && printed.empty())
                return could_not(fmt::format("plan: {} can't print here what it would run", driver_.title));
        }
        return told_plan(driver_, standing, printed, settings_);
    }

    Result<report::Report> verify(const Standing& standing) {
        if (standing.trouble) return no(standing.trouble->message);
        if (const auto pending = standing.of(State::pending); !pending.empty())
            return told_status(driver_, standing, address_.shown, place_.is_development());
        if (!driver_.verify.empty()) {
            const auto said = TRY(tool_->ask(driver_.verify));
            if (said.status != 0) return no(failed(driver_.verify, said));
        }
        report::Report report = told_status(driver_, standing, address_.shown, place_.is_development());
        TRY_VOID(ask(report));
        if (report.findings.empty())
            report.facts = fmt::format("{}: the database is as the migrations say", driver_.name);
        return report;
    }

    // What changes the database: under our lock, read once it is held.
    Result<report::Report> change() {
        server::Request wanted;
        wanted.table = settings_.table;
        wanted.wait = request_.wait_lock;
        wanted.application = server::application(place_.variables);
        wanted.tell = [](const std::string& text) { sys::log_info(text); };
        auto lock = TRY(server::take_lock(address_, wanted));
        const auto before = TRY(look());
        if (before.trouble && goal_.to != "heads") return *before.trouble;
        const auto commands = TRY(commands_for(before));
        if (commands.empty()) {
            auto report = told_change(driver_, before, before, "");
            if (command_ == "up") add_nothing(report, before);
            if (command_ == "up") TRY_VOID(ask(report));
            return report;
        }
        if (place_.is_production()) TRY_VOID(request_.confirm(act(before, commands)));
        if (place_.is_guarded()) TRY_VOID(confirm_harm(before));
        if (command_ != "baseline") TRY(backup_first(place_, settings_, address_));
        std::string why = TRY(run_all(commands));
        auto after = TRY(look());
        if (command_ == "redo" && why.empty()) {
            std::vector<Words> again;
            for (const Migration& one : changed(before, after)) {
                const auto words = TRY(driver_.up(after, {0, one.version}));
                again.insert(again.end(), words.begin(), words.end());
            }
            why = TRY(run_all(again));
            after = TRY(look());
        }
        TRY_VOID(lock.still_held());
        auto report = told_change(driver_, before, after, why.empty() ? left_undone(before, after) : why);
        if (command_ != "up" || report.verdict == report::Verdict::fail) return report;
        TRY_VOID(ask(report));
        if (!report.findings.empty() && settings_.on_failure == "rollback")
            sys::log_warning(fmt::format("migrate.on_failure: rollback doesn't take back migrations of {}; to take "
                                         "them back, run: fairlead-migrate down N",
                                         driver_.title));
        return report;
    }

    // As steps/confirm.h has it of our own.
    Result<void> confirm_harm(const Standing& standing) {
        // A new database on a laptop: nothing is there yet, and Django prints for long.
        if (command_ == "up" && place_.environment.empty() && standing.of(State::applied).empty()) return {};
        if (command_ == "up") {
            const auto table = settings_.version_table.empty() ? std::string(driver_.table) : settings_.version_table;
            const auto meant = TRY(meant_now(standing));
            const auto found = TRY(destructive(driver_, meant, settings_, table, connection_));
            return confirm_destructive(found, request_, place_);
        }
        if (command_ == "baseline" || !place_.environment.empty()) return {};
        return confirm_destructive(taken_back(standing, command_ == "redo" ? Goal{1, ""} : goal_), request_, place_);
    }

    // The SQL of those that are applied now, where the tool can print it.
    Result<std::vector<Printed>> meant_now(const Standing& standing) const {
        const auto pending = standing.of(State::pending);
        auto meant = pending;
        if (goal_.to != "heads") meant = TRY(drivers::meant(pending, standing, goal_));
        std::vector<Printed> printed;
        if (driver_.sql == nullptr) {
            for (const Migration& one : meant) printed.push_back({one.version, one.file, ""});
            return printed;
        }
        const auto commands = driver_.sql(standing);
        if (commands.empty())
            sys::log_warning(
                fmt::format("it is unknown what the migrations destroy: {} can't print their SQL here", driver_.title));
        for (std::size_t at = 0; at < commands.size(); ++at) {
            const auto said = TRY(tool_->ask(commands[at]));
            if (said.status == 0)
                printed.push_back({commands.size() == pending.size() ? pending[at].version : "", "", said.out});
            else
                sys::log_warning(
                    fmt::format("it is unknown what the migrations destroy: {}", failed(commands[at], said)));
        }
        printed = parted(driver_, printed);
        for (Printed& one : printed) // before the first mark of a version
            if (one.what.empty() && !meant.empty()) one.what = meant.front().version;
        std::erase_if(printed, [&](const Printed& one) {
            return std::none_of(meant.begin(), meant.end(),
                                [&](const Migration& each) { return each.version == one.what; });
        });
        return printed;
    }

    Result<std::vector<Words>> commands_for(const Standing& standing) const {
        if (command_ == "down") return driver_.down(standing, goal_);
        if (command_ == "redo") return driver_.down(standing, {1, ""});
        if (command_ == "baseline") {
            const bool is_all = request_.version == "head" && !standing.all.empty();
            Result<Migration> found = standing.find(request_.version);
            if (is_all) found = standing.all.back();
            const auto upto = TRY(std::move(found));
            if (upto.state == State::applied) return std::vector<Words>();
            return driver_.adopt(standing, records_of(standing), upto);
        }
        if (is_contract() || standing.of(State::pending).empty()) return std::vector<Words>();
        return driver_.up(standing, goal_);
    }

    // Ends "this …".
    std::string act(const Standing& standing, const std::vector<Words>& commands) const {
        const auto count = standing.of(State::pending).size();
        const auto said = command_ == "up" && goal_.count == 0 && goal_.to.empty()
                              ? fmt::format("applies {}: ", counted(count, "migration", "migrations"))
                              : std::string("runs ");
        std::vector<std::string> shown;
        for (const Words& words : commands) shown.push_back(named(words));
        return said + join(shown, ", then ");
    }

    // Empty: all of them went well. Else why not.
    Result<std::string> run_all(const std::vector<Words>& commands) const {
        for (const Words& words : commands) {
            sys::log_info(named(words));
            const auto said = TRY(tool_->act(words));
            if (said.status != 0) return failed(words, said);
        }
        return std::string();
    }

    // The command said yes; what does the database say?
    std::string left_undone(const Standing& before, const Standing& after) const {
        if (after.trouble) return after.trouble->message;
        if (command_ == "redo") {
            const auto differing = changed(before, after);
            return differing.empty() ? "" : fmt::format("{} is not as it was", differing.front().version);
        }
        if (changed(before, after).empty())
            return fmt::format("{} said yes, but its table says that nothing changed", driver_.title);
        const bool is_all = command_ == "up" && goal_.count == 0 && goal_.to.empty();
        const auto pending = after.of(State::pending);
        if (is_all && !pending.empty()) return fmt::format("{} is still pending", pending.front().version);
        return {};
    }

    std::string command_;
    const Choice& choice_;
    const Place& place_;
    const Request& request_;
    const Driver& driver_;
    Goal goal_;
    Settings settings_;
    server::Address address_;
    std::optional<server::Connection> connection_;
    Project project_;
    std::unique_ptr<Tool> tool_; // nothing: it isn't started
    bool starts_ = false;
};

}

Result<report::Report> run(std::string_view command, const Choice& choice, const Place& place, const Request& request) {
    TRY_VOID(check(command, request, choice));
    if (command != "new") TRY_VOID(check_environment(place));
    if (command == "redo" && place.is_production())
        return usage("redo takes a migration back and runs it again, so it is never allowed in production; name "
                     "another environment with --env");
    for (const auto& mark : choice.also)
        sys::log_warning(fmt::format("{}, so {} is used; {} is here, too: set migrate.driver", choice.why,
                                     choice.driver->title, mark));
    auto work = TRY(Work::begin(command, choice, place, request));
    return work.run();
}

}
