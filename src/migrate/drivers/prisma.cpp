#include "base/text.h"
#include "migrate/drivers/rows.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

// Prisma's layout, prisma/migrations/NAME/migration.sql, and its table. Its engine is never started.
namespace fairlead::migrate::drivers {

namespace {

constexpr const char* prisma_place = "prisma/migrations";

bool prisma_is_found(const Tree& tree) { return tree.has_folder(prisma_place); }

std::string prisma_records(server::Engine engine, const std::string& table) {
    const std::string when = engine == server::Engine::sqlite
                                 ? "strftime('%Y-%m-%dT%H:%M:%SZ', finished_at / 1000, 'unixepoch')"
                                 : "to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    return "SELECT migration_name, CASE WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END, " + when +
           ", logs, checksum FROM " + table + " WHERE rolled_back_at IS NULL ORDER BY started_at";
}

// Prisma compares with line ends of either kind: a checkout may have changed them.
bool has_checksum(const std::string& text, const std::string& checksum) {
    const auto plain = replace_all(text, "\r\n", "\n");
    return sys::sha256(text) == checksum || sys::sha256(plain) == checksum ||
           sys::sha256(replace_all(plain, "\n", "\r\n")) == checksum;
}

void compare(const Project& project, const std::string& file, const Record& row, Migration& one, Standing& standing) {
    constexpr std::uint64_t longest = 256U << 20U;
    if (row.checksum.empty() || one.state != Migration::State::applied) return;
    const auto text = project.files.text(file, longest);
    if (!text.ok() || !text.value())
        return standing.unread.push_back({file, 0, text.ok() ? "is gone" : text.error().message});
    one.is_changed = !has_checksum(*text.value(), row.checksum);
    if (one.is_changed)
        one.wrong = fmt::format("{} was changed after it was applied (checksum then {}, now {}); restore the file, and "
                                "write the change as a new migration",
                                one.version, row.checksum, sys::sha256(*text.value()));
}

Result<Standing> prisma_read(const Project& project, const Records& records) {
    if (!prisma_is_found(project.word))
        return usage(fmt::format("prisma: the folder {} is not there; correct migrate.driver, or run this where "
                                 "prisma/ is",
                                 (project.word.folder() / prisma_place).string()));
    Standing standing;
    standing.places = {prisma_place};
    standing.way_out = "write a migration: npx prisma migrate dev --name NAME";
    for (const auto& entry : TRY(project.files.list(prisma_place))) {
        const auto file = fmt::format("{}/{}/migration.sql", prisma_place, entry.name);
        if (!entry.is_folder) continue;
        if (!project.files.has_file(file)) {
            standing.unread.push_back({file, 0,
                                       "is not a file that can be read, and Prisma refuses its folder (P3015); bring "
                                       "the file back, or remove the folder"});
            continue;
        }
        Migration found{.version = entry.name, .file = (project.files.folder() / file).string()};
        if (const Record* row = records.find(found.version)) {
            found.state = row->state;
            found.when = row->when;
            compare(project, file, *row, found, standing);
        }
        standing.all.push_back(std::move(found));
    }
    for (const Record& row : records.rows) {
        const bool is_here = std::any_of(standing.all.begin(), standing.all.end(),
                                         [&](const Migration& one) { return one.version == row.version; });
        if (!is_here) standing.all.push_back({row.version, "", {}, Migration::State::unknown, row.when, ""});
        if (row.state == Migration::State::failed)
            standing.trouble = no(fmt::format(
                "{} failed (P3009){}; clean up what it left and run: npx prisma migrate resolve --rolled-back {}, "
                "which runs it again; if all of it is there, say --applied instead",
                row.version, row.note.empty() ? "" : ": " + row.note.substr(0, row.note.find('\n')), row.version));
    }
    return standing;
}

Result<std::vector<Words>> prisma_not_run(std::string_view verb, std::string_view instead) {
    return usage(fmt::format("{}: Prisma's own engine does that and is not started from here; {}", verb, instead));
}

Result<std::vector<Words>> prisma_up(const Standing&, const Goal&) {
    return prisma_not_run("up", "run: npx prisma migrate deploy");
}
Result<std::vector<Words>> prisma_down(const Standing&, const Goal&) {
    return prisma_not_run(
        "down",
        "Prisma can't take it back: write a migration that goes forward; npx prisma migrate diff prints its SQL");
}
Result<std::vector<Words>> prisma_adopt(const Standing&, const Records&, const Migration& upto) {
    return prisma_not_run("baseline", fmt::format("run: npx prisma migrate resolve --applied {}", upto.version));
}

}

Driver prisma() {
    return {.name = "prisma",
            .title = "Prisma",
            .mark = "prisma/migrations",
            .is_found = prisma_is_found,
            .program = "",
            .table = "_prisma_migrations",
            .records = prisma_records,
            .read = prisma_read,
            .up = prisma_up,
            .down = prisma_down,
            .adopt = prisma_adopt,
            .lint = "name its files: fairlead-migrate lint --transaction file {}/*/migration.sql"};
}

}
