#include "backup/engines/postgres/postgres_catalog.h"
#include "base/text.h"
#include "sys/files/log.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <set>

namespace fairlead::backup::postgres {
namespace {

constexpr std::string_view kind_of_file = "fairlead-catalog 1 ", last_line = "end\n", of_rows = "rows of ";

// How a server shows a value hangs on these.
constexpr const char* same_everywhere =
    "SET LOCAL search_path = pg_catalog; SET LOCAL DateStyle = ISO; SET LOCAL IntervalStyle = postgres; SET LOCAL "
    "TimeZone = 'UTC'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = hex; SET LOCAL lc_monetary = 'C'; "
    "SET "
    "LOCAL quote_all_identifiers = off; SET LOCAL xmloption = content; SET LOCAL jit = off; SET LOCAL "
    "standard_conforming_strings = on";

// Columns by name: an inherited one may come back in another place. What is worked out when it is read is not stored.
constexpr const char* summed_tables =
    "SELECT format('%I.%I', nspname, relname), pg_table_size(c.oid), (SELECT string_agg(quote_ident(attname), ', ' "
    "ORDER "
    "BY attname COLLATE \"C\") FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND "
    "attgenerated <> 'v') FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND "
    "(relpersistence = 'p' OR (relpersistence = 'u' AND NOT pg_is_in_recovery())) AND nspname NOT LIKE 'pg\\_%' AND "
    "nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass "
    "AND "
    "d.objid = c.oid AND d.deptype = 'e') ORDER BY 2, 1";

// Whatever the order, the sum is the same.
std::string sum_of_rows(const std::string& table, const std::string& columns) {
    return fmt::format(
        "SELECT concat(count(*), ' ', sum(hashtextextended(ROW({})::text COLLATE \"C\", 0))) FROM ONLY {}", columns,
        table);
}

constexpr const char* size_of_objects = "SELECT coalesce(pg_table_size('pg_largeobject'), 0)";
constexpr std::string_view objects = "large object ";
constexpr const char* sum_of_objects =
    "SELECT CASE WHEN (SELECT count(*) FROM pg_largeobject_metadata) <= 10000 THEN oid::text ELSE format('%s to %s', "
    "oid::bigint / 1000 * 1000, oid::bigint / 1000 * 1000 + 999) END, concat(count(*), ' ', sum(size), ' ', "
    "sum(digest)) "
    "FROM pg_largeobject_metadata, LATERAL (SELECT lo_lseek64(handle, 0, 2) AS size, lo_close(handle) FROM (SELECT "
    "lo_open(oid, 262144) AS handle OFFSET 0) o OFFSET 0) s, LATERAL (SELECT sum(hashtextextended(concat(place, "
    "md5(lo_get(oid, place, 1048576))), 0)) AS digest FROM generate_series(0, size, 1048576) place) d GROUP BY 1";

struct Line {
    std::string name, value;
};

std::string escaped(std::string_view text) {
    std::string all;
    for (const char c : text) {
        if (c == '\\' || c == '\n' || c == '\t') all += '\\';
        all += c == '\n' ? 'n' : c == '\t' ? 't' : c;
    }
    return all;
}

Result<std::vector<Line>> definitions_of(Server& server, Roles_of roles) {
    std::vector<Line> lines;
    for (const auto& question : questions(server.major, roles)) {
        const auto answer = TRY(ask(server, question, "its catalogue can't be read"));
        if (answer.cut) return could_not(fmt::format("{}: its catalogue is too large to be read", server.shown));
        for (const auto& row : answer.rows)
            lines.push_back({escaped(row.at(0).value_or("")), escaped(row.at(1).value_or(""))});
    }
    return lines;
}

// Asked apart: what is refused leaves the transaction as it was, and locks are free for who waits.
Result<sys::Answer> ask_apart(Server& server, const std::string& sql) {
    TRY(ask(server, "SAVEPOINT apart", "a snapshot can't be held"));
    auto answer = TRY(server.session->run(sql));
    TRY(ask(server, "ROLLBACK TO SAVEPOINT apart; RELEASE SAVEPOINT apart", "a snapshot can't be held"));
    return answer;
}

struct Table {
    std::string name, columns;
    std::int64_t bytes = 0;
};

Result<std::vector<Table>> tables_of(Server& server) {
    const auto listed = TRY(ask(server, summed_tables, "its tables can't be listed"));
    std::vector<Table> all;
    for (const auto& row : listed.rows)
        all.push_back(
            {row.at(0).value_or(""), row.at(2).value_or(""), parse_integer(row.at(1).value_or("0")).value_or(0)});
    return all;
}

Result<void> add_rows(Server& server, const Table& table, std::vector<Line>& lines) {
    const auto answer = TRY(ask_apart(server, sum_of_rows(table.name, table.columns)));
    if (answer.refusal || answer.rows.empty())
        sys::log_warning(fmt::format("the rows of {} get no checksum, so level 4 will not compare them: {}", table.name,
                                     answer.refusal ? answer.refusal->message : "no answer"));
    else
        lines.push_back({fmt::format("{}table {}", of_rows, escaped(table.name)), answer.rows[0][0].value_or("")});
    return {};
}

Result<void> add_objects(Server& server, std::vector<Line>& lines) {
    const auto answer = TRY(ask_apart(server, sum_of_objects));
    if (answer.refusal)
        sys::log_warning(fmt::format("large objects get no checksum, so level 4 will not compare them: {}",
                                     answer.refusal->message));
    for (const auto& row : answer.rows)
        lines.push_back({std::string(objects) + row.at(0).value_or(""), row.at(1).value_or("")});
    return {};
}

constexpr std::int64_t always_summed = 64 << 20, part_of_all = 10;

Result<void> add_contents(Server& server, Digests digests, std::vector<Line>& lines) {
    if (digests == Digests::none) return {};
    auto all = TRY(tables_of(server));
    const auto size = TRY(ask(server, size_of_objects, "the size of its large objects can't be read"));
    const auto of_objects = parse_integer(size.rows.at(0).at(0).value_or("0")).value_or(0);
    std::int64_t total = of_objects, done = 0;
    for (const Table& table : all) total += table.bytes;
    const auto most = digests == Digests::all ? total : std::max(always_summed, total / part_of_all);
    const auto fits = [&](std::int64_t bytes) { return (done += bytes) <= most; };
    if (fits(of_objects))
        TRY_VOID(add_objects(server, lines));
    else
        done = 0;
    for (const Table& table : all) {
        if (!fits(table.bytes)) return {};
        TRY_VOID(add_rows(server, table, lines));
    }
    return {};
}

std::string text_of(const Server& server, std::vector<Line> lines) {
    std::sort(lines.begin(), lines.end(), [](const Line& one, const Line& other) { return one.name < other.name; });
    std::string text = fmt::format("{}{}\n", kind_of_file, server.major);
    for (const Line& line : lines) text += fmt::format("{}\t{}\n", line.name, line.value);
    return text += last_line;
}

bool has_rows_of(const std::string& catalog, const Table& table) {
    return catalog.find(fmt::format("\n{}table {}\t", of_rows, escaped(table.name))) != catalog.npos;
}

// Of the copy: the same tables as in the original.
Result<std::string> told_again(Server& copy, const std::string& catalog, bool are_definitions_asked) {
    std::vector<Line> lines;
    if (are_definitions_asked) lines = TRY(definitions_of(copy, Roles_of::server));
    const auto all = TRY(tables_of(copy));
    for (const Table& table : all)
        if (has_rows_of(catalog, table)) TRY_VOID(add_rows(copy, table, lines));
    if (catalog.find(fmt::format("\n{}", objects)) != catalog.npos) TRY_VOID(add_objects(copy, lines));
    return text_of(copy, std::move(lines));
}

int major_in(const std::string& catalog) {
    int major = 0;
    std::from_chars(catalog.data() + kind_of_file.size(), catalog.data() + catalog.size(), major);
    return major;
}

bool is_of_contents(std::string_view line) { return line.starts_with(of_rows) || line.starts_with(objects); }

// Without the definitions.
std::string contents_of(const std::string& catalog) {
    std::string kept;
    for (const auto& line : split(catalog, '\n'))
        if (is_of_contents(line)) kept += line + "\n";
    return fmt::format("{}0\n{}{}", kind_of_file, kept, last_line);
}

bool has_definitions(const std::string& catalog) {
    const auto lines = split(catalog, '\n'); // each has a tab but the first and the last
    return std::any_of(lines.begin(), lines.end(),
                       [](std::string_view line) { return line.find('\t') != line.npos && !is_of_contents(line); });
}

// What stays untold is said: a yes is one about what was looked at.
void tell_what_is_not_compared(const std::string& catalog, const std::vector<Table>& tables, bool are_asked) {
    std::vector<std::string> names;
    for (const Table& table : tables)
        if (!has_rows_of(catalog, table) &&
            (!are_asked || catalog.find(fmt::format("\ntable {}\t", escaped(table.name))) != catalog.npos))
            names.push_back(table.name);
    if (names.empty()) return;
    constexpr std::size_t most = 3;
    const auto count = names.size();
    if (count > most) {
        names.resize(most);
        names.push_back(fmt::format("{} more", count - most));
    }
    sys::log_warning(fmt::format("the rows of {} are at most counted, not compared; to compare them, write digests: "
                                 "all under backup for the next sets",
                                 join(names, ", ")));
}

}

bool is_whole_catalog(std::string_view text) { return text.starts_with(kind_of_file) && text.ends_with(last_line); }

Result<std::string> write_catalog(Server& server, Digests digests) {
    TRY(ask(server, std::string("SAVEPOINT told; ") + same_everywhere, "its settings can't be set"));
    auto lines = definitions_of(server, Roles_of::database);
    if (!lines.ok()) {
        if (!server.session->is_open()) return std::move(lines).error();
        sys::log_warning(fmt::format("level 4 will not compare definitions and rights: {}", lines.error().message));
        TRY(ask(server, std::string("ROLLBACK TO SAVEPOINT told; ") + same_everywhere, "a snapshot can't be held"));
        lines = std::vector<Line>();
    }
    std::vector<Line> all = std::move(lines).value();
    TRY_VOID(add_contents(server, digests, all));
    TRY(ask(server, "ROLLBACK TO SAVEPOINT told; RELEASE SAVEPOINT told", "a snapshot can't be held"));
    return text_of(server, std::move(all));
}

Result<std::vector<std::string>> compare(Server& copy, const std::string& catalog, const Copied& copied) {
    const int major = major_in(catalog);
    const bool are_asked = major == copy.major && has_definitions(catalog);
    TRY(ask(copy, std::string("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; ") + same_everywhere,
            "the copy can't be looked at"));
    const auto is = TRY(told_again(copy, catalog, are_asked));
    const auto tables = TRY(tables_of(copy));
    TRY(ask(copy, "ROLLBACK", "the copy can't be looked at"));
    tell_what_is_not_compared(catalog, tables, are_asked);
    if (!are_asked)
        sys::log_warning(major != copy.major
                             ? fmt::format("definitions and rights are not compared: the set is from PostgreSQL {}, "
                                           "and it was restored into {}; install postgresql-{}",
                                           major, copy.major, major)
                             : std::string("definitions and rights are not compared: the set doesn't hold them"));
    const auto differences = differences_of(are_asked ? catalog : contents_of(catalog), is, copied);
    for (const auto& one : differences.told) sys::log_warning(one + "; this is normal in a copy on another machine");
    return differences.found;
}

}
