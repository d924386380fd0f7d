#include "migrate/drivers/guard.h"
#include "base/text.h"
#include "migrate/lint/lint.h"
#include "migrate/steps/judge/harm.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

using server::Engine;

void warn_unknown(std::string_view what, std::string_view why) {
    sys::log_warning(fmt::format("{}: it is unknown what it destroys: {}; look into it before it runs", what, why));
}

// With the SQL of its files, without what can't be read.
std::vector<lint::File> readable(const Driver& driver, const std::vector<Printed>& printed) {
    std::vector<lint::File> files;
    for (const Printed& one : printed) {
        auto sql = one.file.empty() ? Result<std::string>(one.sql) : sys::read_file(one.file);
        if (!sql.ok())
            warn_unknown(one.what, sql.error().message);
        else if (!driver.unread_mark.empty() && sql->find(driver.unread_mark) != std::string::npos)
            warn_unknown(one.what, "part of it is not SQL");
        if (sql.ok()) files.push_back({one.what, std::move(sql).value(), true});
    }
    return files;
}

std::string django_app_of(std::string_view version) { // of Django; else empty
    const auto dot = version.find('.');
    return dot == version.npos || version.find_first_not_of("0123456789.") == version.npos
               ? ""
               : std::string(version.substr(0, dot));
}

}

std::vector<Printed> parted(const Driver& driver, const std::vector<Printed>& printed) {
    if (driver.version_mark.empty()) return printed;
    std::vector<Printed> parts;
    for (const Printed& one : printed) {
        Printed part{one.what, one.file, ""};
        for (const auto& line : split(one.sql, '\n')) {
            if (line.starts_with(driver.version_mark)) {
                if (!part.sql.empty()) parts.push_back(part);
                part = {line.substr(line.rfind(' ') + 1), "", ""};
            }
            part.sql += line + '\n';
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

Result<std::vector<std::string>> destructive(const Driver& driver, const std::vector<Printed>& printed,
                                             const Settings& settings, const std::string& own_table,
                                             std::optional<server::Connection>& connection) {
    lint::Options options;
    const bool is_sqlite = connection ? connection->identity.engine == Engine::sqlite : settings.engine == "sqlite";
    options.dialect = is_sqlite ? sql::Dialect::sqlite : sql::Dialect::postgres;
    options.postgres = connection && !is_sqlite ? connection->identity.major : static_cast<int>(settings.postgres);
    options.transaction = lint::Transaction::file;
    options.is_pending = true;
    options.only = {"mig-change-type"};
    const auto files = readable(driver, printed);
    auto scripts = lint::read_scripts(files, options);
    for (const Error& one : scripts.unread) warn_unknown(one.place.file, one.message);
    const sql::Name own{"", own_table.substr(own_table.rfind('.') + 1)};
    Functions functions(scripts.all, connection && !is_sqlite ? connection->session.get() : nullptr);
    std::vector<std::string> found;
    if (!scripts.all.empty()) scripts.all.front().earlier->tables.insert({own.name, {own, 0}});
    for (auto& script : scripts.all) {
        script.knows_new = true; // the tool's own table is nobody's loss
        const auto harm = TRY(harm_of(script, functions));
        for (const auto& finding : harm.calls) tell(finding);
        if (harm.destroys) found.push_back(script.path);
    }
    for (const auto& finding : lint::judge(files, options)) found.push_back(finding.file);
    std::vector<std::string> versions; // in order
    for (const auto& file : files)
        if (std::find(found.begin(), found.end(), file.path) != found.end()) versions.push_back(file.path);
    return versions;
}

std::vector<std::string> taken_back(const Standing& standing, const Goal& goal) {
    auto applied = standing.of(Migration::State::applied);
    std::stable_sort(applied.begin(), applied.end(),
                     [](const Migration& one, const Migration& other) { return one.when < other.when; });
    std::reverse(applied.begin(), applied.end());
    const auto target = standing.find(goal.to);
    const auto last = target.ok() ? target->version : goal.to;
    std::vector<std::string> versions;
    for (const Migration& one : applied) {
        if (goal.to.empty() ? versions.size() == goal.count : one.version == last) break;
        if (goal.to.empty() || django_app_of(one.version) == django_app_of(last)) versions.push_back(one.version);
    }
    return versions;
}

}
