#include "migrate/lint/script.h"
#include "base/text.h"
#include "migrate/files/folder.h"
#include "migrate/sql/same_rows.h"
#include "migrate/sql/split_others.h"
#include <algorithm>
#include <set>

namespace fairlead::migrate::lint {

using sql::Token;
using Verb = Statement::Verb;

bool is_same(const Name& one, const Name& other) {
    return one.name == other.name && (one.schema == other.schema || one.schema.empty() || other.schema.empty());
}

bool Script::runs_in_transaction() const {
    if (options->transaction == Transaction::none || marks.disables_assumption) return false;
    return options->transaction == Transaction::file || !marks.no_transaction;
}

bool Script::is_asked_by_name(std::string_view rule) const {
    return std::find(options->only.begin(), options->only.end(), rule) != options->only.end();
}

namespace {

bool was_made(const std::multimap<std::string, Earlier::Made>& all, const std::string& name, const Name& table,
              std::size_t before) {
    const auto [first, last] = all.equal_range(name);
    return std::any_of(first, last,
                       [&](const auto& each) { return each.second.by < before && is_same(each.second.table, table); });
}

}

bool Script::is_new(std::size_t at, const Name& table) const {
    const auto is_it = [&](const Name& each) { return is_same(each, table); };
    if (knows_new && was_made(earlier->tables, table.name, table, number)) return true;
    const auto [first, last] = made.equal_range(table.name);
    return std::any_of(first, last, [&](const auto& each) {
        return each.second.at < at && is_it({each.second.schema, each.first});
    });
}

bool Script::is_about_new(std::size_t at) const {
    const auto& tables = statements[at].tables;
    return !tables.empty() &&
           std::all_of(tables.begin(), tables.end(), [&](const Name& each) { return is_new(at, each); });
}

bool Script::is_surely_new(std::size_t at, const Name& table) const {
    const auto is_it = [&](const Name& each) { return is_same(each, table); };
    const auto [first, last] = made.equal_range(table.name);
    return (knows_surely_new && was_made(earlier->surely, table.name, table, number)) ||
           std::any_of(first, last, [&](const auto& each) {
               return each.second.surely && each.second.at < at && is_it({each.second.schema, each.first});
           });
}

bool Script::is_about_surely_new(std::size_t at) const {
    const auto& tables = statements[at].tables;
    return !tables.empty() &&
           std::all_of(tables.begin(), tables.end(), [&](const Name& table) { return is_surely_new(at, table); });
}

namespace {

// Columns that a statement surely adds to what may have been there.
template <typename Each>
void each_added(const Statement& one, const Each& each) {
    if (one.tables.empty()) return;
    for (const Change& change : one.changes)
        if (change.kind == Change::Kind::add_column && !change.guarded) each(one.tables.front(), change.name);
}

}

bool Script::is_column_surely_new(std::size_t at, const Name& table, const std::string& column) const {
    bool is_new = knows_new && was_made(earlier->columns, column, table, number);
    for (std::size_t i = 0; i < at; ++i)
        each_added(statements[i], [&](const Name& of, const std::string& name) {
            is_new = is_new || (name == column && is_same(of, table));
        });
    return is_new || is_surely_new(at, table);
}

int Script::first_comment_line(const Statement& statement) const {
    int first = statement.line;
    for (auto comment = comments.rbegin(); comment != comments.rend(); ++comment) {
        if (comment->line >= first) continue;
        const auto last =
            comment->line + static_cast<int>(std::count(comment->text.begin(), comment->text.end(), '\n'));
        const bool is_between = std::any_of(statements.begin(), statements.end(), [&](const Statement& each) {
            return each.line < first && each.last_line >= comment->line;
        });
        if (last + 1 != first || is_between) break;
        first = comment->line;
    }
    return first;
}

namespace {

std::string_view file_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_down_file(std::string_view path, files::Layout layout) {
    const auto name = files::parse_name(file_in(path), layout);
    return name ? name->way == files::Way::down : path.ends_with(".down.sql");
}

// Flyway's names may differ behind the version.
bool is_twin(const Script& down, const Script& up) {
    if (down.path == twin_of(up.path, up.options->layout)) return true;
    if (up.options->layout != files::Layout::flyway) return false;
    const auto back = files::parse_name(file_in(down.path), up.options->layout);
    const auto there = files::parse_name(file_in(up.path), up.options->layout);
    return back && there && back->version == there->version;
}

}

std::string twin_of(std::string_view path, files::Layout layout) {
    if (layout == files::Layout::flyway) {
        const auto file = file_in(path);
        const auto name = files::parse_name(file, layout);
        if (!name || name->way != files::Way::up) return "";
        return std::string(path.substr(0, path.size() - file.size())) + "U" + std::string(file.substr(1));
    }
    constexpr std::string_view up = ".up.sql", down = ".down.sql";
    if (!path.ends_with(up)) return "";
    return std::string(path.substr(0, path.size() - up.size())) + std::string(down);
}

const Script* Scripts::down_of(const Script& up) const {
    const auto path = up.is_whole ? twin_of(up.path, up.options->layout) : up.path;
    const auto [first, last] = downs.equal_range(path);
    if (first != last) return &all[first->second];
    if (!up.is_whole || up.options->layout != files::Layout::flyway) return nullptr;
    for (const auto& [other, at] : downs)
        if (is_twin(all[at], up)) return &all[at];
    return nullptr;
}

namespace {

void number_transactions(Script& script) {
    int number = script.runs_in_transaction() ? 1 : 0, latest = number;
    for (const Statement& statement : script.statements) {
        if (statement.verb == Verb::begin && number == 0) number = ++latest;
        script.transactions.push_back(number);
        if (statement.verb == Verb::commit || statement.verb == Verb::rollback) number = 0;
    }
}

void note_made(Script& script) {
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        const bool renames = one.verb == Verb::rename && one.object == "table" && script.is_about_new(at);
        if (one.verb != Verb::create_table && !renames) continue;
        for (const Name& table : one.tables)
            if (!table.name.empty())
                script.made.insert({renames ? one.new_name : table.name, {at, table.schema, !one.guarded}});
    }
}

// Columns of which a statement says that they hold no NULL, by their tables' names; and the UPDATEs of all rows that
// are told by them. SQLite's keys may hold some, unless they number the rows.
class NeverNull {
  public:
    explicit NeverNull(sql::Dialect dialect) : dialect_(dialect) {}

    void read(Statement& statement) {
        const auto table = statement.tables.empty() ? std::string() : statement.tables.front().name;
        if (statement.verb == Verb::create_table) {
            for (const Column& column : statement.columns) note(table, column);
            for (const Constraint& one : statement.constraints)
                if (one.kind == Constraint::Kind::primary_key && dialect_ != sql::Dialect::sqlite)
                    for (const auto& column : one.columns) known_.insert({table, column});
        }
        for (const Change& change : statement.changes) {
            if (change.kind == Change::Kind::add_column) note(table, change.column);
            if (change.kind == Change::Kind::set_not_null) known_.insert({table, change.name});
            if (change.kind == Change::Kind::drop_not_null) known_.erase({table, change.name});
        }
        sql::settle(statement, [&](const Name& of, const std::string& column) {
            return known_.contains({of.name, column});
        });
    }

  private:
    void note(const std::string& table, const Column& column) {
        const bool is_key = column.primary_key && (dialect_ != sql::Dialect::sqlite || column.type == "int4");
        if (column.not_null || is_key) known_.insert({table, column.name});
    }
    sql::Dialect dialect_;
    std::set<std::pair<std::string, std::string>> known_;
};

Script begin_script(const File& file, const files::Part& part, const std::vector<Token>& comments,
                    const Options& options) {
    Script script;
    script.path = file.path;
    script.text = file.text.view();
    script.options = &options;
    script.is_down = part.is_down;
    script.is_whole = part.is_whole;
    script.judged = file.judged;
    for (const Token& comment : comments)
        if (comment.begin >= part.begin && comment.begin < part.end) script.comments.push_back(comment);
    script.may_suppress = std::any_of(comments.begin(), comments.end(),
                                      [](const Token& comment) { return fairlead::may_suppress(comment.text); });
    script.marks = files::marks_of(part, comments);
    return script;
}

// Error: the part can't be split into statements.
Result<void> read_statements(Script& script, const files::Part& part, NeverNull& never_null) {
    const auto dialect = script.options->dialect;
    const auto text = script.text.substr(part.begin, part.end - part.begin);
    sql::SameRows rows;
    const auto is_split = sql::split_as(dialect, text, script.path, [&](sql::Piece piece) {
        if (piece.copy_data) return;
        piece.line += part.line - 1;
        if (rows.go_on(piece.text)) { // of a million rows the first is judged
            script.statements.back().last_line = sql::last_line_of(piece);
            return;
        }
        script.statements.push_back(sql::understand(piece, dialect));
        never_null.read(script.statements.back());
    });
    if (is_split.ok()) return {};
    auto error = is_split.error();
    error.place.line += part.line - 1;
    return error;
}

// What the scripts behind this one find there.
void note_earlier(const Script& script, Earlier& earlier) {
    if (script.is_down) return;
    for (const Statement& statement : script.statements) {
        each_added(statement, [&](const Name& of, const std::string& name) {
            earlier.columns.insert({name, {of, script.number}});
        });
        if (statement.verb != Verb::create_table) continue;
        for (const Name& table : statement.tables) {
            earlier.tables.insert({table.name, {table, script.number}});
            if (!statement.guarded) earlier.surely.insert({table.name, {table, script.number}});
        }
    }
}

}

Scripts read_scripts(const std::vector<File>& all, const Options& options) {
    Scripts scripts;
    NeverNull never_null(options.dialect);
    const auto earlier = std::make_shared<Earlier>();
    for (const File& file : all) {
        const auto whole = file.text.view();
        if (const auto text = files::check_text(file.path, whole); !text.ok()) {
            scripts.unread.push_back(text.error());
            continue;
        }
        const auto comments = files::comments_of(whole, options.dialect);
        for (const files::Part& part : files::parts_of(whole, comments, is_down_file(file.path, options.layout))) {
            auto script = begin_script(file, part, comments, options);
            if (const auto read = read_statements(script, part, never_null); !read.ok()) {
                scripts.unread.push_back(read.error());
                continue;
            }
            number_transactions(script);
            script.earlier = earlier;
            script.number = scripts.all.size() + 1;
            script.knows_new = options.is_pending && !script.is_down;
            script.knows_surely_new = options.is_pending && (!script.is_down || options.takes_back);
            note_made(script);
            note_earlier(script, *earlier);
            if (script.is_down) scripts.downs.emplace(script.path, scripts.all.size());
            scripts.all.push_back(std::move(script));
        }
    }
    return scripts;
}

}
