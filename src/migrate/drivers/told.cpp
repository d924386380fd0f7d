#include "migrate/drivers/told.h"
#include "base/printable.h"
#include "base/text.h"
#include "migrate/lint/lint.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

using MigrationState = Migration::State;

sys::Json json_of(const Migration& one) {
    sys::Json told = {{"version", one.version}, {"name", one.name}, {"state", std::string(name_of(one.state))}};
    if (!one.when.empty()) told["finished_at"] = one.when;
    if (!one.file.empty()) told["file"] = one.file;
    return told;
}

sys::Json json_of(const std::vector<Migration>& all) {
    sys::Json list = sys::Json::array();
    for (const Migration& one : all) list.push_back(json_of(one));
    return list;
}

std::string label(const Migration& one) {
    return printable(one.name.empty() ? one.version : one.version + " " + one.name);
}

// The last one that is applied, as the tool orders them.
const Migration* current_of(const Standing& standing) {
    const Migration* found = nullptr;
    for (const Migration& one : standing.all)
        if (one.state == MigrationState::applied) found = &one;
    return found;
}

std::string version_of(const Migration* one) { return one == nullptr ? "" : one->version; }

std::string described(const Standing& standing) {
    const Migration* current = current_of(standing);
    std::string text =
        fmt::format("{}: {} applied, {} pending", current == nullptr ? "nothing is applied" : "at " + label(*current),
                    standing.of(MigrationState::applied).size(), standing.of(MigrationState::pending).size());
    if (const auto failed = standing.of(MigrationState::failed); !failed.empty())
        text += fmt::format(", {} failed", failed.size());
    if (const auto unknown = standing.of(MigrationState::unknown); !unknown.empty())
        text += fmt::format(", {} missing", unknown.size());
    return text;
}

// Every answer says who keeps the migrations, and where they stand.
void sign(report::Report& report, const Driver& driver, const Standing& standing) {
    report.members.push_back(report::member("driver", std::string(driver.name)));
    report.members.push_back(report::member("current", version_of(current_of(standing))));
    report.outputs = {{"version", version_of(current_of(standing))},
                      {"pending", std::to_string(standing.of(MigrationState::pending).size())}};
}

void add_trouble(report::Report& report, const Standing& standing) {
    if (!standing.trouble) return;
    report.findings.push_back({.rule = "migrate/failed", .message = standing.trouble->message});
    report.verdict = report::Verdict::fail;
    report.stays_no = "the migrations can't go on";
}

}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

report::Report told_status(const Driver& driver, const Standing& standing, const std::string& database) {
    report::Report report;
    report.facts = described(standing);
    const auto pending = standing.of(MigrationState::pending).size();
    sys::Json counts = {{"applied", standing.of(MigrationState::applied).size()},
                        {"pending", pending},
                        {"failed", standing.of(MigrationState::failed).size()},
                        {"changed", 0},
                        {"missing", standing.of(MigrationState::unknown).size()}};
    sign(report, driver, standing);
    report.members.push_back(report::member("counts", std::move(counts)));
    report.members.push_back(report::member("database", database));
    if (pending > 0) {
        report.verdict = report::Verdict::fail;
        report.stays_no = "migrations are pending";
    }
    add_trouble(report, standing);
    return report;
}

report::Report told_pending(const Driver& driver, const Standing& standing) {
    report::Report report;
    const auto pending = standing.of(MigrationState::pending);
    for (const Migration& one : pending) report.text += label(one) + "\n";
    report.facts = pending.empty() ? std::string("nothing is pending")
                                   : counted(pending.size(), "migration is pending", "migrations are pending");
    if (!pending.empty()) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
    }
    add_trouble(report, standing);
    sign(report, driver, standing);
    report.members.push_back(report::member("pending", json_of(pending)));
    return report;
}

report::Report told_history(const Driver& driver, const Standing& standing) {
    report::Report report;
    std::vector<Migration> done;
    std::copy_if(standing.all.begin(), standing.all.end(), std::back_inserter(done),
                 [](const Migration& one) { return one.state != MigrationState::pending; });
    std::stable_sort(done.begin(), done.end(),
                     [](const Migration& one, const Migration& other) { return one.when < other.when; });
    for (const Migration& one : done)
        report.text += fmt::format("{}{}{}, {}\n", one.when, one.when.empty() ? "" : " ", label(one),
                                   one.state == MigrationState::unknown ? "not of this project" : name_of(one.state));
    report.facts =
        counted(standing.of(MigrationState::applied).size(), "migration is applied", "migrations are applied");
    sign(report, driver, standing);
    report.members.push_back(report::member("history", json_of(done)));
    return report;
}

Result<report::Report> told_plan(const Driver& driver, const Standing& standing, const std::vector<Printed>& printed,
                                 const Settings& settings) {
    lint::Options options;
    options.postgres = static_cast<int>(std::min<std::int64_t>(settings.postgres, 99));
    options.transaction = lint::Transaction::file;
    report::Report report;
    sys::Json list = sys::Json::array();
    std::size_t count = 0;
    for (const Printed& one : printed) {
        std::string sql = one.sql;
        if (!one.file.empty()) sql = TRY(sys::read_file(one.file));
        const auto told = TRY(lint::statements({one.file.empty() ? one.what : one.file, sql, true}, options));
        report.text += fmt::format("-- {}\n", one.file.empty() ? one.what : one.file);
        sys::Json statements = sys::Json::array();
        for (const lint::Told& statement : told) {
            ++count;
            const bool is_known = statement.lock != sql::Lock::unknown;
            const std::string lock(statement.lock == sql::Lock::none ? "none" : sql::name_of(statement.lock));
            statements.push_back({{"line", statement.line},
                                  {"kind", statement.kind},
                                  {"lock", is_known ? sys::Json(lock) : sys::Json()},
                                  {"transactional", statement.transactional}});
            report.text +=
                fmt::format("-- line {}: {}; lock: {}\n", statement.line, statement.kind, is_known ? lock : "unknown");
        }
        report.text += printable(sql) + (sql.ends_with('\n') ? "" : "\n");
        list.push_back({{"version", one.what}, {"statements", std::move(statements)}});
    }
    report.facts = fmt::format("{} would be applied, {}",
                               counted(standing.of(MigrationState::pending).size(), "migration", "migrations"),
                               counted(count, "statement", "statements"));
    sign(report, driver, standing);
    report.members.push_back(report::member("pending", json_of(standing.of(MigrationState::pending))));
    report.members.push_back(report::member("migrations", std::move(list)));
    return report;
}

report::Report told_dry_run(const Driver& driver, const Standing& standing, const std::vector<std::string>& commands) {
    report::Report report;
    for (const auto& one : commands) report.text += one + "\n";
    report.facts = commands.empty() ? "nothing to do; " + described(standing)
                                    : counted(commands.size(), "command", "commands") + " would be run";
    sign(report, driver, standing);
    report.members.push_back(report::member("commands", commands));
    return report;
}

report::Report told_change(const Driver& driver, const Standing& before, const Standing& after,
                           const std::string& why) {
    report::Report report;
    sys::Json list = sys::Json::array();
    std::size_t applied = 0, back = 0;
    for (const Migration& one : after.all) {
        const auto was = std::find_if(before.all.begin(), before.all.end(),
                                      [&](const Migration& other) { return other.version == one.version; });
        if (was != before.all.end() && was->state == one.state) continue;
        const bool is_up = one.state != MigrationState::pending;
        ++(is_up ? applied : back);
        auto told = json_of(one);
        told["direction"] = is_up ? "up" : "down";
        if (!is_up) told["state"] = "reverted";
        list.push_back(std::move(told));
        report.text += fmt::format("{} is {}\n", label(one), is_up ? std::string(name_of(one.state)) : "taken back");
    }
    std::string done = "nothing to do";
    if (back > 0)
        done = counted(back, "migration", "migrations") + " taken back";
    else if (applied > 0)
        done = counted(applied, "migration", "migrations") + " applied";
    else if (!why.empty())
        done = "nothing was applied";
    report.facts = done + "; " + described(after);
    if (!why.empty()) {
        report.findings.push_back({.rule = "migrate/failed", .message = why});
        report.verdict = report::Verdict::fail;
        report.stays_no = "a migration failed";
    }
    sign(report, driver, after);
    report.outputs.emplace_back("applied", std::to_string(applied));
    report.members.push_back(report::member("migrations", std::move(list)));
    return report;
}

}
