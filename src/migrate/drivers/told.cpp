#include "migrate/drivers/told.h"
#include "migrate/lint/lint.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

using State = Migration::State;

sys::Json json_of(const Migration& one) {
    sys::Json told = {{"version", one.version}, {"name", one.name}, {"state", std::string(name_of(one.state))}};
    if (!one.when.empty()) told["at"] = one.when;
    return told;
}

sys::Json json_of(const std::vector<Migration>& all) {
    sys::Json list = sys::Json::array();
    for (const Migration& one : all) list.push_back(json_of(one));
    return list;
}

std::string label(const Migration& one) { return one.name.empty() ? one.version : one.version + " " + one.name; }

// The last one that is applied, as the tool orders them.
std::string current_of(const Standing& standing) {
    const auto applied = standing.of(State::applied);
    return applied.empty() ? "" : applied.back().version;
}

std::string counted(const Standing& standing) {
    std::string at = "nothing is applied";
    for (const Migration& one : standing.all)
        if (one.state == State::applied) at = "at " + label(one);
    std::string text = fmt::format("{}: {} applied, {} pending", at, standing.of(State::applied).size(),
                                   standing.of(State::pending).size());
    if (const auto failed = standing.of(State::failed); !failed.empty())
        text += fmt::format(", {} failed", failed.size());
    if (const auto unknown = standing.of(State::unknown); !unknown.empty())
        text += fmt::format(", {} missing", unknown.size());
    return text;
}

void add_counts(report::Report& report, const Driver& driver, const Standing& standing) {
    const auto current = current_of(standing);
    report.members = {report::member("driver", std::string(driver.name)),
                      report::member("current", current.empty() ? sys::Json() : sys::Json(current)),
                      report::member("applied", standing.of(State::applied).size()),
                      report::member("pending", standing.of(State::pending).size()),
                      report::member("failed", json_of(standing.of(State::failed))),
                      report::member("missing", json_of(standing.of(State::unknown)))};
}

}

report::Report told_status(const Choice& choice, const Standing& standing) {
    report::Report report;
    report.text = fmt::format("{}: {}\n", choice.driver->title, choice.why);
    report.facts = counted(standing);
    if (standing.trouble)
        report.stays_no = standing.trouble->message;
    else if (!standing.of(State::pending).empty())
        report.stays_no = report.facts;
    if (!report.stays_no.empty()) report.verdict = report::Verdict::fail;
    if (standing.trouble) report.facts += "; " + standing.trouble->message;
    add_counts(report, *choice.driver, standing);
    return report;
}

report::Report told_pending(const Driver& driver, const Standing& standing) {
    report::Report report;
    const auto pending = standing.of(State::pending);
    for (const Migration& one : pending) report.text += label(one) + "\n";
    report.facts = fmt::format("{} pending", pending.size());
    if (!pending.empty() || standing.trouble) {
        report.verdict = report::Verdict::fail;
        report.stays_no = standing.trouble ? standing.trouble->message : report.facts;
        if (standing.trouble) report.facts += "; " + standing.trouble->message;
    }
    report.members = {report::member("driver", std::string(driver.name)),
                      report::member("migrations", json_of(pending))};
    return report;
}

report::Report told_history(const Driver& driver, const Standing& standing) {
    report::Report report;
    std::vector<Migration> done;
    for (const Migration& one : standing.all)
        if (one.state != State::pending) done.push_back(one);
    std::stable_sort(done.begin(), done.end(),
                     [](const Migration& one, const Migration& other) { return one.when < other.when; });
    for (const Migration& one : done)
        report.text += fmt::format("{}{}{}{}\n", one.when, one.when.empty() ? "" : " ", label(one),
                                   one.state == State::applied ? "" : fmt::format(" ({})", name_of(one.state)));
    report.facts = fmt::format("{} in the database", done.size());
    report.members = {report::member("driver", std::string(driver.name)), report::member("migrations", json_of(done))};
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
        report.text +=
            fmt::format("-- {}\n{}{}", one.file.empty() ? one.what : one.file, sql, sql.ends_with('\n') ? "" : "\n");
        const auto told = TRY(lint::statements({one.file.empty() ? one.what : one.file, sql, true}, options));
        for (const lint::Told& statement : told) {
            ++count;
            const bool is_known = statement.lock != sql::Lock::unknown;
            const std::string lock(statement.lock == sql::Lock::none ? "none" : sql::name_of(statement.lock));
            list.push_back({{"migration", one.what},
                            {"line", statement.line},
                            {"kind", statement.kind},
                            {"lock", is_known ? sys::Json(lock) : sys::Json()},
                            {"transactional", statement.transactional}});
            report.text +=
                fmt::format("-- line {}: {}; lock: {}{}\n", statement.line, statement.kind, is_known ? lock : "unknown",
                            statement.transactional ? "" : "; not in a transaction");
        }
    }
    const auto pending = standing.of(State::pending);
    report.facts = fmt::format("{} pending, {} statement{}", pending.size(), count, count == 1 ? "" : "s");
    report.members = {report::member("driver", std::string(driver.name)),
                      report::member("migrations", json_of(pending)), report::member("statements", std::move(list))};
    return report;
}

report::Report told_change(const Choice& choice, const Standing& before, const Standing& after,
                           const std::string& why) {
    std::vector<Migration> done;
    for (const Migration& one : after.all) {
        const auto was = std::find_if(before.all.begin(), before.all.end(),
                                      [&](const Migration& other) { return other.version == one.version; });
        if (was == before.all.end() || was->state != one.state) done.push_back(one);
    }
    report::Report report;
    for (const Migration& one : done)
        report.text +=
            fmt::format("{}: {}\n", label(one), one.state == State::pending ? "taken back" : name_of(one.state));
    report.facts = done.empty() && why.empty() ? "nothing to do" : counted(after);
    if (!why.empty()) {
        report.verdict = report::Verdict::fail;
        report.stays_no = why;
        report.facts = why + "; " + report.facts;
    }
    add_counts(report, *choice.driver, after);
    report.members.push_back(report::member("migrations", json_of(done)));
    return report;
}

}
