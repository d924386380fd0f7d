#include "migrate/drivers/commands.h"
#include "base/text.h"
#include "migrate/drivers/database.h"
#include "migrate/drivers/told.h"
#include "migrate/server/lock.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace fairlead::migrate::drivers {

namespace {

using State = Migration::State;

// One command's view of project and database.
class Work {
  public:
    static Result<Work> begin(const Request& request, const Choice& choice, const Surroundings& around) {
        Work work(request, choice, around);
        work.address_ = TRY(server::find_database(around.settings, around.environment));
        const bool is_started = !choice.driver->program.empty();
        if (is_started) {
            auto tool = TRY(Tool::open(around.host, *choice.driver, around.ways, work.address_, around.environment));
            work.tool_ = std::make_unique<Tool>(std::move(tool));
        }
        return work;
    }

    Result<report::Report> run() {
        const auto& command = request_.command;
        if (command == "new") return create();
        if (command == "up" || command == "down" || command == "redo" || command == "baseline") return change();
        const auto standing = TRY(look());
        if (standing.trouble && standing.trouble->kind == Kind::usage) return *standing.trouble;
        if (command == "history") return told_history(*choice_.driver, standing);
        if (command == "pending") return told_pending(*choice_.driver, standing);
        if (command == "plan") return plan(standing);
        if (command == "verify") return verify(standing);
        return told_status(choice_, standing);
    }

  private:
    Work(const Request& request, const Choice& choice, const Surroundings& around)
        : request_(request), choice_(choice), around_(around), driver_(*choice.driver) {}

    Result<void> connect() {
        if (connection_) return {};
        server::Wanted wanted;
        wanted.application = server::application(around_.environment);
        wanted.pooler = true; // only its table is read; the lock has a connection of its own
        connection_ = TRY(server::connect(address_, wanted));
        return {};
    }

    Result<Standing> look() {
        TRY_VOID(connect());
        Seen seen;
        seen.folder = around_.ways.folder;
        seen.address = address_.shown;
        const auto& named = around_.settings.version_table;
        seen.records = TRY(read_records(*connection_, driver_, named.empty() ? std::string(driver_.table) : named));
        if (!driver_.look.empty()) {
            auto said = TRY(tool_->ask(driver_.look));
            seen.status = said.status;
            seen.out = std::move(said.out);
            seen.err = std::move(said.err);
        }
        return driver_.read(seen);
    }

    Result<report::Report> create() {
        if (driver_.create == nullptr)
            return usage(
                fmt::format("new: {} has no command for that; write the file beside the others", driver_.title));
        const auto words = driver_.create(request_.name);
        const auto said = TRY(tool_->act(words));
        if (said.status != 0) return could_not(failed(words, said));
        report::Report report;
        report.facts = fmt::format("{} made it", tool_->named(words));
        return report;
    }

    std::string failed(const Words& words, const Said& said) const {
        const auto why = driver_.explain == nullptr ? std::string() : driver_.explain(said.err + said.out);
        const auto all = trim(said.err + said.out);
        return fmt::format("{} ended with status {}: {}", tool_->named(words), said.status,
                           why.empty() ? all.substr(all.find_last_of('\n') + 1) : why);
    }

    Result<report::Report> plan(const Standing& standing) {
        if (standing.trouble) return *standing.trouble;
        std::vector<Printed> printed;
        if (driver_.sql == nullptr) {
            for (const Migration& one : standing.of(State::pending)) printed.push_back({one.version, one.file, ""});
        } else {
            const auto pending = standing.of(State::pending);
            for (const Words& words : pending.empty() ? std::vector<Words>() : driver_.sql(standing)) {
                const auto said = TRY(tool_->ask(words));
                if (said.status != 0) return could_not(failed(words, said));
                printed.push_back({tool_->named(words), "", said.out});
            }
            if (!pending.empty() && printed.empty())
                return could_not(fmt::format("plan: {} can't print what it would run here", driver_.title));
        }
        return told_plan(driver_, standing, printed, around_.settings);
    }

    Result<report::Report> verify(const Standing& standing) {
        if (standing.trouble) return no(standing.trouble->message);
        if (const auto pending = standing.of(State::pending); !pending.empty()) return told_status(choice_, standing);
        if (!driver_.verify.empty()) {
            const auto said = TRY(tool_->ask(driver_.verify));
            if (said.status != 0) return no(failed(driver_.verify, said));
        }
        report::Report report = told_status(choice_, standing);
        report.facts = fmt::format("{}: the database is as the migrations say", driver_.name);
        return report;
    }

    // What changes the database: under our lock, read once it is held.
    Result<report::Report> change() {
        TRY_VOID(may());
        server::Request wanted;
        wanted.table = around_.table;
        wanted.wait = request_.wait_lock;
        wanted.application = server::application(around_.environment);
        wanted.tell = [](const std::string& text) { sys::log_info(text); };
        auto lock = TRY(server::take_lock(address_, wanted));
        const auto before = TRY(look());
        if (before.trouble && request_.goal.to != "heads") return *before.trouble;
        const auto commands = TRY(commands_for(before));
        if (commands.empty()) return told_change(choice_, before, before, "");
        TRY_VOID(around_.confirm(about(before)));
        TRY_VOID(around_.before());
        std::string why = TRY(run_all(commands));
        auto after = TRY(look());
        if (request_.command == "redo" && why.empty()) {
            std::vector<Words> again;
            for (const Migration& one : changed(before, after)) {
                const auto words = TRY(driver_.up(after, {0, one.version}));
                again.insert(again.end(), words.begin(), words.end());
            }
            why = TRY(run_all(again));
            after = TRY(look());
        }
        TRY_VOID(lock.still_held());
        return told_change(choice_, before, after, why.empty() ? left_undone(before, after) : why);
    }

    Result<void> may() const {
        const auto& command = request_.command;
        if (command == "down" && request_.goal.count == 0 && request_.goal.to.empty())
            return usage("down: say how many, or --to VERSION; nothing is taken back by default");
        if (command == "redo" && around_.is_production)
            return usage("redo: takes back what it then runs again, so never in production; name another environment "
                         "with --env");
        return {};
    }

    Result<std::vector<Words>> commands_for(const Standing& standing) const {
        const auto& command = request_.command;
        if (command == "down") return driver_.down(standing, request_.goal);
        if (command == "redo") return driver_.down(standing, {1, ""});
        if (command == "baseline") {
            const auto upto = TRY(standing.find(request_.version));
            if (upto.state == State::applied) return std::vector<Words>();
            return driver_.adopt(standing, records_of(standing), upto);
        }
        if (standing.of(State::pending).empty()) return std::vector<Words>();
        return driver_.up(standing, request_.goal);
    }

    static Records records_of(const Standing& standing) {
        Records records;
        for (const Migration& one : standing.of(State::applied))
            records.rows.push_back({one.version, one.state, one.when, ""});
        return records;
    }

    std::vector<std::string> about(const Standing& standing) const {
        std::vector<std::string> versions;
        const bool is_back = request_.command == "down" || request_.command == "redo";
        for (const Migration& one : standing.of(is_back ? State::applied : State::pending))
            versions.push_back(one.version);
        return versions;
    }

    // Empty: all of them went well. Else why not.
    Result<std::string> run_all(const std::vector<Words>& commands) const {
        for (const Words& words : commands) {
            sys::log_info(tool_->named(words));
            const auto said = TRY(tool_->act(words));
            if (said.status != 0) return failed(words, said);
        }
        return std::string();
    }

    static std::vector<Migration> changed(const Standing& before, const Standing& after) {
        std::vector<Migration> found;
        for (const Migration& one : after.all) {
            const auto was = std::find_if(before.all.begin(), before.all.end(),
                                          [&](const Migration& other) { return other.version == one.version; });
            if (was != before.all.end() && was->state != one.state) found.push_back(one);
        }
        return found;
    }

    // The command said yes; what does the database say?
    std::string left_undone(const Standing& before, const Standing& after) const {
        if (after.trouble) return after.trouble->message;
        if (request_.command == "redo") {
            const auto differing = changed(before, after);
            return differing.empty() ? "" : fmt::format("{} is not as it was", differing.front().version);
        }
        if (changed(before, after).empty())
            return fmt::format("{} said yes, but its table says that nothing changed", driver_.title);
        const bool is_all = request_.command == "up" && request_.goal.count == 0 && request_.goal.to.empty();
        const auto pending = after.of(State::pending);
        if (is_all && !pending.empty()) return fmt::format("{} is still pending", pending.front().version);
        return {};
    }

    const Request& request_;
    const Choice& choice_;
    const Surroundings& around_;
    const Driver& driver_;
    server::Address address_;
    std::optional<server::Connection> connection_;
    std::unique_ptr<Tool> tool_;
};

}

Result<report::Report> run(const Request& request, const Choice& choice, const Surroundings& surroundings) {
    for (const auto& mark : choice.also)
        sys::log_warning(fmt::format("{}, so {} is asked; {} is here, too: set migrate.driver", choice.why,
                                     choice.driver->title, mark));
    auto work = TRY(Work::begin(request, choice, surroundings));
    return work.run();
}

}
