// By counting rows, of those tables only that SQLite's compiler says a statement takes rows from, with its triggers and
// cascades: it is asked in an empty twin of the database.
#include "base/text.h"
#include "migrate/steps/judge/losses.h"
#include "sys/database/sqlite.h"
#include "sys/files/frozen_text.h"
#include <algorithm>
#include <bitset>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_map>

namespace fairlead::migrate {

namespace {

// Without SQLite's own and what lies behind virtual ones.
constexpr const char* tables_of_file =
    "SELECT m.name, m.rootpage FROM main.sqlite_master m JOIN pragma_table_list l ON l.schema = 'main' AND l.name = "
    "m.name "
    "WHERE m.type = 'table' AND l.type IN ('table', 'virtual') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

// What takes no row from anywhere.
bool leaves_rows(const Piece& piece) {
    constexpr std::string_view kinds[] = {"create",    "alter",   "select", "values", "pragma",   "analyze",
                                          "savepoint", "release", "begin",  "commit", "rollback", "end"};
    return std::find(std::begin(kinds), std::end(kinds), piece.kind) != std::end(kinds);
}

// Tables that a statement takes rows from, or may; `any`: nobody knows.
struct Touched {
    std::set<std::string> names;
    bool any = false;
    void add(const Touched& other) {
        names.insert(other.names.begin(), other.names.end());
        any = any || other.any;
    }
};

// Row numbers, each once, in blocks of neighbours: 10 million rows in a row are 1.3 MB. Where they are strewn so widely
// that the blocks are too many, each change counts as another row: rather a question too many than none.
class RowSet {
  public:
    void add(std::int64_t row) {
        const std::int64_t number = row >> block_bits;
        auto at = blocks_.find(number);
        if (at == blocks_.end() && blocks_.size() < most_blocks) at = blocks_.try_emplace(number).first;
        if (at == blocks_.end()) {
            ++count_;
            return;
        }
        auto bit = at->second[static_cast<std::size_t>(row & (block_rows - 1))];
        if (!bit) ++count_;
        bit = true;
    }
    std::int64_t count() const { return count_; }

  private:
    static constexpr int block_bits = 12;
    static constexpr std::int64_t block_rows = std::int64_t{1} << block_bits;
    static constexpr std::size_t most_blocks = 16'384; // 8 MB
    std::unordered_map<std::int64_t, std::bitset<block_rows>> blocks_;
    std::int64_t count_ = 0;
};

class SqliteLosses : public Losses {
  public:
    explicit SqliteLosses(Database& database) : database_(database) {}

    ~SqliteLosses() override { database_.session().updated = nullptr; }

    Result<void> list() {
        const auto all = TRY(tables());
        for (const auto& [name, page] : all) known_.insert(name);
        triggers_ = TRY(triggers_on_own());
        return {};
    }

    Result<void> read(const std::vector<Piece>& pieces) override {
        touched_.assign(pieces.size(), Touched{});
        named_ = named_as_changed(pieces, sql::Dialect::sqlite);
        if (std::all_of(pieces.begin(), pieces.end(), leaves_rows)) return {};
        const auto twin = TRY(sys::sqlite_twin(database_.session()));
        auto cascades = TRY(cascades_of(*twin));
        std::set<std::string> erased, written;
        twin->guard = [&](const sys::SqlAct& act) {
            if (act.kind == sys::SqlAct::Kind::erase) erased.insert(lower(act.name.value_or("")));
            if (act.kind == sys::SqlAct::Kind::write) written.insert(lower(act.name.value_or("")));
            return std::string();
        };
        bool is_sure = true, replaces = false;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const Piece& piece = pieces[i];
            erased.clear();
            written.clear();
            const auto answer = TRY(twin->run(std::string(piece.text)));
            const bool renames = piece.kind == "alter" && lower(piece.text).find("rename") != std::string::npos;
            is_sure = is_sure && !renames && (!answer.refusal || answer.refusal->code.starts_with("SQLITE_CONSTRAINT"));
            touched_[i] = {erased, !is_sure};
            const auto changed = written;
            if (!replaces) replaces = TRY(may_replace(*twin, piece));
            if (replaces) touched_[i].names.insert(changed.begin(), changed.end());
            sys::let_go(piece.text);
        }
        auto made = TRY(cascades_of(*twin));
        cascades.merge(made);
        for (Touched& one : touched_) add_children(one.names, cascades);
        return {};
    }

    Result<void> before(std::size_t first, std::size_t end) override {
        counted_.clear();
        changed_.clear();
        own_rows_ = TRY(own_rows());
        database_.session().updated = [this](std::string_view table, std::int64_t row) {
            changed_[lower(table)].add(row);
        };
        Touched touched;
        for (auto i = first; i < std::min(end, touched_.size()); ++i) touched.add(touched_[i]);
        if (touched.names.empty() && !touched.any) return {};
        const auto all = TRY(tables());
        for (const auto& [name, page] : all) {
            if (!known_.contains(name) || (!touched.any && !touched.names.contains(lower(name)))) continue;
            const auto count = TRY(rows_of(name));
            if (count && *count > 0) counted_.push_back({name, page, *count});
        }
        return {};
    }

    Result<std::string> found() override {
        const auto triggers = TRY(triggers_on_own());
        if (triggers > triggers_) return told_of_own(database_, Own::is_guarded);
        if (TRY(own_rows()) != own_rows_) return told_of_own(database_, Own::is_changed);
        const auto now = TRY(tables());
        for (const Counted& one : counted_) {
            auto at = std::find_if(now.begin(), now.end(), [&](const auto& each) { // it may have another name
                return one.page != "0" && each.second == one.page;
            });
            if (at == now.end()) at = now.find(one.name);
            if (at == now.end()) return fmt::format("the table {} is gone", one.name);
            const auto count = TRY(rows_of(at->first));
            if (count && *count < one.rows)
                return fmt::format("the table {} lost {} of {} row{}", one.name, one.rows - *count, one.rows,
                                   one.rows == 1 ? "" : "s");
        }
        return all_changed();
    }

  private:
    struct Counted {
        std::string name, page; // where it begins in the file, which renaming doesn't change; "0": a virtual one
        std::int64_t rows = 0;
    };

    // By what no statement says.
    Result<std::string> all_changed() {
        database_.session().updated = nullptr;
        for (const auto& name : known_) {
            const auto at = changed_.find(lower(name));
            if (at == changed_.end() || at->second.count() < fewest_changed || named_.contains(at->first) ||
                is_own(at->first))
                continue;
            const auto rows = TRY(rows_of(name));
            if (rows && *rows >= fewest_changed && *rows <= at->second.count())
                return fmt::format("the table {} had all of its {} rows changed", name, *rows);
        }
        return std::string();
    }

    bool is_own(const std::string& name) const {
        const auto own = own_tables(database_);
        return std::any_of(own.begin(), own.end(), [&](const std::string& each) { return lower(each) == name; });
    }

    Result<std::map<std::string, std::string>> tables() {
        std::map<std::string, std::string> all;
        const auto answer = TRY(asked(database_.session(), tables_of_file, "the tables can't be listed"));
        for (const auto& row : answer.rows) all.emplace(row[0].value_or(""), row[1].value_or("0"));
        return all;
    }

    Result<std::size_t> triggers_on_own() {
        std::string names;
        for (const auto& name : own_tables(database_))
            names += (names.empty() ? "" : ", ") + records::literal(server::Engine::sqlite, lower(name));
        const auto answer =
            TRY(asked(database_.session(),
                      fmt::format("SELECT name FROM (SELECT * FROM main.sqlite_master UNION ALL SELECT * FROM "
                                  "temp.sqlite_master) WHERE type = 'trigger' AND lower(tbl_name) IN ({})",
                                  names),
                      "the triggers can't be listed"));
        return answer.rows.size();
    }

    // What our tables say; empty: one of them can't be asked.
    Result<std::string> own_rows() {
        std::string all;
        for (const auto& name : own_tables(database_)) {
            const bool is_ours = name == database_.table.shown();
            const auto answer = TRY(database_.session().run(
                fmt::format("SELECT count(*), group_concat({}, x'0a') FROM {}",
                            is_ours ? "version || ' ' || state || ' ' || progress || coalesce(' ' || checksum, '')"
                                    : "version || ' ' || dirty",
                            database_.table.beside(name))));
            if (answer.refusal || answer.rows.empty()) return std::string();
            for (const auto& field : answer.rows[0]) all += field.value_or("") + "\n";
        }
        return all;
    }

    // Nothing: it can't be counted, as a virtual one whose module isn't here.
    Result<std::optional<std::int64_t>> rows_of(const std::string& table) {
        const auto answer = TRY(database_.session().run("SELECT count(*) FROM main." + server::quoted_name(table)));
        if (answer.refusal || answer.rows.empty()) return std::optional<std::int64_t>();
        return std::optional(parse_integer(answer.rows[0][0].value_or("0")).value_or(0));
    }

    using Cascades = std::multimap<std::string, std::string>; // a table, and one whose rows go with its rows

    // The compiler isn't asked for those.
    static Result<Cascades> cascades_of(sys::Session& twin) {
        Cascades all;
        const auto answer =
            TRY(twin.run("SELECT f.\"table\", m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) "
                         "f WHERE m.type = 'table' AND f.on_delete = 'CASCADE'"));
        for (const auto& row : answer.rows) all.emplace(lower(row[0].value_or("")), lower(row[1].value_or("")));
        return all;
    }

    static void add_children(std::set<std::string>& names, const Cascades& cascades) {
        std::vector<std::string> todo(names.begin(), names.end());
        while (!todo.empty()) {
            const auto [first, last] = cascades.equal_range(todo.back());
            todo.pop_back();
            for (auto at = first; at != last; ++at)
                if (names.insert(at->second).second) todo.push_back(at->second);
        }
    }

    // Rows that are in the way of others go, and the compiler isn't asked for that.
    static Result<bool> may_replace(sys::Session& twin, const Piece& piece) {
        constexpr const char* by_schema = "SELECT 1 FROM sqlite_master WHERE sql LIKE '%replace%' UNION ALL SELECT 1 "
                                          "FROM sqlite_temp_master WHERE sql LIKE '%replace%'";
        if (lower(piece.text).find("replace") != std::string::npos) return true;
        const auto answer = TRY(twin.run(by_schema));
        return answer.refusal || !answer.rows.empty();
    }

    Database& database_;
    std::set<std::string> known_;  // at the beginning of the run
    std::vector<Touched> touched_; // by each piece
    std::vector<Counted> counted_;
    std::set<std::string> named_;           // tables that the script says it changes
    std::map<std::string, RowSet> changed_; // by table, in lower case
    std::size_t triggers_ = 0;              // on our own tables, at the beginning
    std::string own_rows_;                  // that those hold, before it
};

}

Result<std::unique_ptr<Losses>> sqlite_losses(Database& database) {
    auto losses = std::make_unique<SqliteLosses>(database);
    TRY_VOID(losses->list());
    return std::unique_ptr<Losses>(std::move(losses));
}

}
