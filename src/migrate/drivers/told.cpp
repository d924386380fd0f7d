#include "migrate/drivers/told.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/lint/lint.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

using State = Migration::State;

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
        if (one.state == State::applied) found = &one;
    return found;
}

std::string version_of(const Migration* one) { return one == nullptr ? "" : one->version; }

std::size_t changed_of(const Standing& standing) {
    return static_cast<std::size_t>(
        std::count_if(standing.all.begin(), standing.all.end(), [](const Migration& one) { return one.is_changed; }));
}

std::string described(const Standing& standing) {
    const Migration* current = current_of(standing);
    std::string text =
        fmt::format("{}: {} applied, {} pending", current == nullptr ? "nothing is applied" : "at " + label(*current),
                    standing.of(State::applied).size(), standing.of(State::pending).size());
    if (const auto failed = standing.of(State::failed); !failed.empty())
        text += fmt::format(", {} failed", failed.size());
    if (const auto changed = changed_of(standing); changed > 0) text += fmt::format(", {} changed", changed);
    if (const auto unknown = standing.of(State::unknown); !unknown.empty())
        text += fmt::format(", {} missing", unknown.size());
    return text;
}

bool is_whole(const Standing& standing) {
    return std::none_of(standing.unread.begin(), standing.unread.end(), [](const Unread& one) { return one.decides; });
}

// `fact` of what could be read, and that there is more.
std::string as_read(std::string fact, const Standing& standing) {
    if (is_whole(standing)) return fact;
    const bool is_any =
        std::any_of(standing.all.begin(), standing.all.end(), [](const Migration& one) { return !one.file.empty(); });
    return is_any ? fact + "; not all of the migrations could be read" : "no migration could be read";
}

// Every answer says who keeps the migrations, and where they stand.
void sign(report::Report& report, const Driver& driver, const Standing& standing) {
    report.members.push_back(report::member("driver", std::string(driver.name)));
    report.members.push_back(report::member("current", version_of(current_of(standing))));
    report.outputs = {{"version", version_of(current_of(standing))},
                      {"pending", std::to_string(standing.of(State::pending).size())}};
}

// What the database knows of and no file has, and what a file says otherwise now; as steps/standing.h has it of ours.
void add_wrong(report::Report& report, const Standing& standing, report::Severity missing, report::Severity changed) {
    for (const Migration& one : standing.all) {
        if (one.state != State::unknown && !one.is_changed) continue;
        report::Finding finding{.rule = one.is_changed ? "mig-edit-applied" : "migrate/missing",
                                .severity = one.is_changed ? changed : missing,
                                .message = one.wrong};
        if (one.wrong.empty())
            finding.message =
                fmt::format("{} is applied and {}; bring the file back, from the branch that it was "
                            "applied from",
                            label(one), is_whole(standing) ? "its file is not there" : "no readable file has it");
        const bool stops = standing.trouble && standing.trouble->message == one.wrong;
        if (stops) finding.severity = report::Severity::error;
        if (one.is_changed && !one.file.empty()) {
            finding.file = sys::Path(one.file).lexically_proximate(std::filesystem::current_path()).string();
            finding.line = finding.end_line = 1;
        }
        finding.fingerprint = report::fingerprint(finding.rule, finding.file, finding.message, 0);
        if (finding.severity == report::Severity::error) report.verdict = report::Verdict::fail;
        report.findings.push_back(std::move(finding));
    }
}

void add_trouble(report::Report& report, const Standing& standing) {
    const auto& all = standing.all;
    const bool is_told = std::any_of(all.begin(), all.end(), [&](const Migration& one) {
        return standing.trouble && one.wrong == standing.trouble->message; // add_wrong
    });
    if (!standing.trouble || is_told) return;
    report.findings.push_back({.rule = "migrate/failed", .message = standing.trouble->message});
    report.verdict = report::Verdict::fail;
    report.stays_no = "the migrations can't continue";
}

// What the files don't tell without the tool, and who does.
void add_unread(report::Report& report, const Driver& driver, const Standing& standing, std::string_view command) {
    const auto way_out =
        driver.look.empty() ? std::string()
                            : fmt::format("; {} itself can say: fairlead-migrate {} --ask-tool", driver.title, command);
    for (const Unread& one : standing.unread) {
        report::Finding finding{.rule = "migrate/unread",
                                .severity = one.decides ? report::Severity::error : report::Severity::warning,
                                .file = one.file,
                                .message = one.message + way_out};
        finding.line = finding.end_line = one.line;
        finding.fingerprint = report::fingerprint(finding.rule, finding.file, finding.message, 0);
        report.findings.push_back(std::move(finding));
        if (!one.decides) continue;
        report.verdict = report::Verdict::fail;
        report.stays_no = "not all of the migrations could be read";
    }
    if (!standing.beyond.empty()) {
        report.facts += fmt::format("; not checked: {}{}", printable(standing.beyond), way_out);
        report.members.push_back(report::member("not_looked_at", standing.beyond));
    }
    add_nothing(report, standing);
}

}

Result<Printed> printed_from(const Project& project, const Migration& one) {
    constexpr std::uint64_t longest = 256U << 20U;
    const auto path = sys::Path(one.file).lexically_relative(project.files.folder()).string();
    auto text = project.files.text(path, longest);
    if (!text.ok()) return no(text.error().message, {one.file, 0, 0, ""});
    return Printed{one.version, one.file, text->value_or("")};
}

std::string why_nothing(const Driver& driver, const Standing& standing) {
    const bool is_any = std::any_of(standing.all.begin(), standing.all.end(), [&](const Migration& one) {
        return one.state != State::unknown && (!one.file.empty() || standing.places.empty());
    });
    if (is_any || !standing.unread.empty()) return "";
    const auto where = standing.places.empty() ? std::string("this project") : join(standing.places, ", ");
    if (!standing.way_out.empty())
        return fmt::format("no migration of {} is in {}; {}", driver.title, where, standing.way_out);
    return fmt::format("no migration of {} is in {}; {}correct the folder in {}", driver.title, where,
                       driver.create == nullptr ? "" : "write a migration: fairlead-migrate new NAME, or ",
                       driver.mark);
}

void add_nothing(report::Report& report, const Standing& standing) {
    if (standing.nothing.empty()) return;
    report.findings.push_back({.rule = "migrate/nothing", .message = standing.nothing});
    report.verdict = report::Verdict::fail;
    report.stays_no = "no migration was found";
}

report::Report told_status(const Driver& driver, const Standing& standing, const std::string& database,
                           bool is_development) {
    report::Report report;
    report.facts = as_read(described(standing), standing);
    const auto pending = standing.of(State::pending).size();
    sys::Json counts = {{"applied", standing.of(State::applied).size()},
                        {"pending", pending},
                        {"failed", standing.of(State::failed).size()},
                        {"changed", changed_of(standing)},
                        {"missing", standing.of(State::unknown).size()}};
    sign(report, driver, standing);
    report.members.push_back(report::member("counts", std::move(counts)));
    report.members.push_back(report::member("database", database));
    if (pending > 0) {
        report.verdict = report::Verdict::fail;
        report.stays_no = "migrations are pending";
    }
    add_wrong(report, standing, is_development ? report::Severity::warning : report::Severity::error,
              report::Severity::error);
    add_trouble(report, standing);
    add_unread(report, driver, standing, "status");
    return report;
}

report::Report told_pending(const Driver& driver, const Standing& standing) {
    report::Report report;
    const auto pending = standing.of(State::pending);
    for (const Migration& one : pending) report.text += label(one) + "\n";
    report.facts = pending.empty() ? std::string("nothing is pending")
                                   : counted(pending.size(), "migration is pending", "migrations are pending");
    if (!pending.empty()) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
    }
    report.facts = as_read(report.facts, standing);
    add_wrong(report, standing, report::Severity::warning, report::Severity::warning); // status decides by it
    add_trouble(report, standing);
    sign(report, driver, standing);
    report.members.push_back(report::member("pending", json_of(pending)));
    add_unread(report, driver, standing, "pending");
    return report;
}

report::Report told_history(const Driver& driver, const Standing& standing) {
    report::Report report;
    std::vector<Migration> done;
    std::copy_if(standing.all.begin(), standing.all.end(), std::back_inserter(done),
                 [](const Migration& one) { return one.state != State::pending; });
    std::stable_sort(done.begin(), done.end(),
                     [](const Migration& one, const Migration& other) { return one.when < other.when; });
    for (const Migration& one : done)
        report.text += fmt::format("{}{}{}, {}\n", one.when, one.when.empty() ? "" : " ", label(one),
                                   one.state == State::unknown ? "not of this project" : name_of(one.state));
    report.facts = as_read(
        counted(standing.of(State::applied).size(), "migration is applied", "migrations are applied"), standing);
    sign(report, driver, standing);
    report.members.push_back(report::member("history", json_of(done)));
    add_unread(report, driver, standing, "history");
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
        const std::string& sql = one.sql;
        const auto told = TRY(lint::statements({one.file.empty() ? one.what : one.file, sql, true}, options));
        report.text += fmt::format("-- {}\n", one.file.empty() ? one.what : one.file);
        sys::Json statements = sys::Json::array();
        count += lint::count_of(told);
        for (const lint::Told& statement : told) {
            statements.push_back(lint::as_json(statement));
            report.text += fmt::format("-- line {}: {}\n", statement.line, lint::described(statement));
        }
        report.text += printable(sql) + (sql.ends_with('\n') ? "" : "\n");
        list.push_back({{"version", one.what}, {"statements", std::move(statements)}});
    }
    report.facts =
        fmt::format("{} would be applied, {}", counted(standing.of(State::pending).size(), "migration", "migrations"),
                    counted(count, "statement", "statements"));
    const bool is_silent = printed.empty() && driver.sql != nullptr && !standing.of(State::pending).empty();
    if (is_silent) { // its files hold no SQL
        for (const Migration& one : standing.of(State::pending)) report.text += label(one) + "\n";
        report.facts =
            fmt::format("{} would be applied; only {} can print their SQL: fairlead-migrate plan --ask-tool",
                        counted(standing.of(State::pending).size(), "migration", "migrations"), driver.title);
    } else if (!driver.no_sql.empty()) {
        for (const Migration& one : standing.of(State::pending)) report.text += label(one) + "\n";
        report.facts =
            fmt::format("{} would be applied; {}",
                        counted(standing.of(State::pending).size(), "migration", "migrations"), driver.no_sql);
    }
    report.facts = as_read(report.facts, standing);
    add_wrong(report, standing, report::Severity::warning, report::Severity::warning);
    sign(report, driver, standing);
    report.members.push_back(report::member("pending", json_of(standing.of(State::pending))));
    report.members.push_back(report::member("migrations", std::move(list)));
    add_unread(report, driver, standing, "plan");
    return report;
}

report::Report told_dry_run(const Driver& driver, const Standing& standing, const std::vector<std::string>& commands) {
    report::Report report;
    for (const auto& one : commands) report.text += one + "\n";
    report.facts = commands.empty() ? "nothing to do; " + described(standing)
                                    : counted(commands.size(), "command", "commands") + " would be run";
    sign(report, driver, standing);
    report.members.push_back(report::member("commands", commands));
    if (!commands.empty() || !standing.all.empty()) add_unread(report, driver, standing, "status");
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
        const bool is_up = one.state != State::pending;
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
