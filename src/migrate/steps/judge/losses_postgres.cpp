// By the counters that the server keeps of a transaction (pg_stat_get_xact_*, the manual's chapter 27.2), which also
// see what triggers do; nothing is locked or read of a table. What a script sets of search_path, role or operators has
// no say: each name is qualified.
#include "base/text.h"
#include "migrate/sql/body.h"
#include "migrate/steps/judge/losses.h"
#include "migrate/steps/session_before.h"
#include "sys/files/frozen_text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::migrate {

namespace {

// Tables of users that may hold rows; those of an extension come back with it.
constexpr const char* tables_of_users =
    "SELECT c.oid, n.nspname || '.' || c.relname, CASE WHEN pg_catalog.pg_stat_get_tuples_inserted(c.oid) > 0 THEN "
    "pg_catalog.pg_stat_get_live_tuples(c.oid) > 0 ELSE c.reltuples > 0 END FROM pg_catalog.pg_class c JOIN "
    "pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND "
    "NOT "
    "EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND "
    "d.objid "
    "= c.oid AND d.deptype = 'e')";

constexpr const char* counters =
    "SELECT c.oid, c.relfilenode, pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid), "
    "pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid), pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), "
    "i.inhparent, pg_catalog.current_setting('track_counts'), c.relnatts FROM "
    "pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid OPERATOR(pg_catalog.=) c.oid WHERE "
    "c.relkind "
    "OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p']::pg_catalog.\"char\"[])";

// Who stands under a name, and how many triggers, rules (a view is one) and policies there are.
constexpr const char* tables_of_ours =
    "SELECT n.nspname, c.relname, c.oid, pg_catalog.count(g.guarded) FROM pg_catalog.pg_class c JOIN "
    "pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace LEFT JOIN (SELECT tgrelid AS guarded "
    "FROM pg_catalog.pg_trigger WHERE NOT tgisinternal UNION ALL SELECT ev_class FROM pg_catalog.pg_rewrite UNION ALL "
    "SELECT polrelid FROM pg_catalog.pg_policy UNION ALL SELECT oid FROM pg_catalog.pg_class WHERE "
    "relforcerowsecurity) g ON g.guarded OPERATOR(pg_catalog.=) c.oid WHERE c.relname OPERATOR(pg_catalog.=) ANY "
    "(ARRAY[{}]::pg_catalog.name[]) GROUP BY n.nspname, c.relname, c.oid";

constexpr const char* dropped_columns =
    "SELECT attrelid, attnum FROM pg_catalog.pg_attribute WHERE attisdropped AND attnum OPERATOR(pg_catalog.>) 0";

// A function that switches the counters off and on again.
constexpr const char* functions_that_hide =
    "SELECT n.nspname || '.' || p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = "
    "p.pronamespace WHERE n.nspname <> 'pg_catalog' AND (p.prosrc ILIKE '%track_counts%' OR p.proconfig::text ILIKE "
    "'%track_counts%') ORDER BY 1 LIMIT 1";

using Oid = std::int64_t;
constexpr Oid large_objects = 2995; // pg_largeobject_metadata: a row for each
constexpr Oid pages = 2613;         // pg_largeobject: their contents

std::int64_t number_in(const sys::Field& field) { return parse_integer(field.value_or("0")).value_or(0); }

class PostgresLosses : public Losses {
  public:
    explicit PostgresLosses(Database& database) : database_(database) {}

    Result<void> list() {
        const auto answer = TRY(ask(tables_of_users));
        for (const auto& row : answer.rows) known_[number_in(row[0])] = {row[1].value_or(""), row[2] == "t"};
        own_ = TRY(ours());
        for (const auto& [name, own] : own_) known_.erase(own.oid); // we write there ourselves
        known_[large_objects] = {"pg_largeobject_metadata (large objects)", true};
        const auto hiding = TRY(ask(functions_that_hide));
        if (!hiding.rows.empty()) hiding_ = hiding.rows[0][0].value_or("");
        return {};
    }

    Result<void> read(const std::vector<Piece>& pieces) override {
        named_ = named_as_changed(pieces, sql::Dialect::postgres);
        words_ = words_of(pieces);
        hides_ = std::any_of(pieces.begin(), pieces.end(), [](const Piece& one) {
            const bool hides = sql::lower_case(one.text).find("track_counts") != std::string::npos;
            sys::let_go(one.text);
            return hides;
        });
        return {};
    }

    Result<void> before(std::size_t, std::size_t) override {
        before_ = TRY(look());
        return {};
    }

    Result<std::string> found() override {
        const auto now = TRY(look());
        if (hides_ || !before_.counts || !now.counts)
            return std::string("track_counts is off in it, so its losses can't be counted");
        if (!hiding_.empty())
            return fmt::format("the function {} mentions track_counts, so losses can't be counted", hiding_);
        auto of_ours = TRY(changed_of_ours(now));
        if (!of_ours.empty()) return of_ours;
        for (const auto& [oid, table] : known_) {
            const auto then = before_.tables.find(oid);
            const auto here = now.tables.find(oid);
            if (then == before_.tables.end()) continue;
            if (here == now.tables.end()) return fmt::format("the table {} is gone", table.name);
            if (const auto column = dropped_from(oid, now); column > 0)
                return fmt::format("the table {} lost its column number {}", table.name, column);
            if (!table.has_rows || here->second.file == then->second.file) continue;
            const bool is_bare = TRY(is_empty(oid));
            if (is_bare) return fmt::format("the table {} was emptied", table.name);
            if (!is_spoken_of(oid)) return fmt::format("the table {} was rewritten", table.name);
        }
        auto lost = TRY(fewer(now));
        if (lost.empty()) lost = TRY(overwritten(now));
        return lost.empty() ? changed(now) : lost;
    }

  private:
    struct Table {
        std::string name;
        bool has_rows = false; // as far as the statistics know
    };
    struct Counted {
        std::int64_t file = 0, inserted = 0, deleted = 0, updated = 0;
        Oid parent = 0; // of a partition, or of what inherits
        std::int64_t columns = 0;
        bool operator==(const Counted&) const = default;
    };
    struct Look {
        std::map<Oid, Counted> tables;
        std::set<std::pair<Oid, std::int64_t>> dropped; // columns
        bool counts = true;
    };
    struct OfOurs {
        Oid oid = 0;
        std::int64_t guards = 0; // triggers, rules, policies
    };

    Result<sys::Answer> ask(const std::string& sql) {
        return asked(database_.session(), sql, "the contents of the tables can't be looked up");
    }

    Result<Look> look() {
        Look look;
        const auto answer = TRY(ask(counters));
        for (const auto& row : answer.rows) {
            look.tables.try_emplace(number_in(row[0]),
                                    Counted{number_in(row[1]), number_in(row[2]), number_in(row[3]), number_in(row[4]),
                                            number_in(row[5]), number_in(row[7])});
            look.counts = look.counts && row[6] == "on";
        }
        const auto dropped = TRY(ask(dropped_columns));
        for (const auto& row : dropped.rows) look.dropped.emplace(number_in(row[0]), number_in(row[1]));
        return look;
    }

    Result<bool> is_empty(Oid oid) {
        const auto answer = TRY(ask(fmt::format("SELECT pg_catalog.pg_relation_size({}::pg_catalog.regclass)", oid)));
        return !answer.rows.empty() && answer.rows[0][0] == "0";
    }

    Result<std::map<std::string, OfOurs>> ours() {
        const auto names = own_tables(database_);
        std::string bare;
        for (const auto& name : names)
            bare += (bare.empty() ? "" : ", ") +
                    records::literal(server::Engine::postgres, name.substr(name.rfind('.') + 1));
        const auto answer = TRY(ask(fmt::format(tables_of_ours, bare)));
        std::map<std::string, OfOurs> all;
        for (const auto& row : answer.rows) {
            const auto name = row[0].value_or("") + "." + row[1].value_or("");
            if (std::find(names.begin(), names.end(), name) != names.end())
                all[name] = {number_in(row[2]), number_in(row[3])};
        }
        return all;
    }

    Result<std::string> changed_of_ours(const Look& now) {
        auto standing = TRY(ours());
        for (const auto& [name, own] : own_) {
            if (standing[name].guards > own.guards) return told_of_own(database_, Own::is_guarded);
            const auto then = std::as_const(before_).tables.find(own.oid);
            const auto here = now.tables.find(own.oid);
            const bool is_same = standing[name].oid == own.oid && then != before_.tables.end() &&
                                 here != now.tables.end() && then->second == here->second;
            if (!is_same) return told_of_own(database_, Own::is_changed);
        }
        return std::string();
    }

    // The number of a column that was there before; 0: none is gone.
    std::int64_t dropped_from(Oid oid, const Look& now) const {
        const auto columns = before_.tables.at(oid).columns;
        for (auto at = now.dropped.lower_bound({oid, 0}); at != now.dropped.end() && at->first == oid; ++at)
            if (at->second <= columns && !before_.dropped.contains(*at)) return at->second;
        return 0;
    }

    static std::set<std::string> words_of(const std::vector<Piece>& pieces) {
        std::set<std::string> words;
        for (const Piece& piece : pieces) {
            const auto text = std::string(piece.text) + (piece.kind == "do" ? " " + sql::quoted_body(piece.text) : "");
            for (const auto& name : sql::names_in(text)) words.insert(sql::lower_case(name.name));
            sys::let_go(piece.text);
        }
        return words;
    }

    // A statement names it, or what it is a part of.
    bool is_spoken_of(Oid oid) const {
        constexpr int deepest = 32;
        for (int i = 0; i < deepest && oid != 0; ++i) {
            const auto known = known_.find(oid);
            const auto at = before_.tables.find(oid);
            if (known == known_.end() || at == before_.tables.end()) break;
            const auto& name = known->second.name;
            if (words_.contains(sql::lower_case(name.substr(name.rfind('.') + 1)))) return true;
            oid = at->second.parent;
        }
        return false;
    }

    // Rows that go to another partition are deleted in one and inserted into the other.
    Result<std::string> fewer(const Look& now) const {
        std::map<Oid, std::int64_t> lost;
        for (const auto& [oid, table] : now.tables) {
            const auto then = before_.tables.find(oid);
            const Counted was = then == before_.tables.end() ? Counted{} : then->second;
            auto& sum = lost[root_of(oid, now)];
            if (known_.contains(oid)) sum += table.deleted - was.deleted;
            sum -= table.inserted - was.inserted;
        }
        for (const auto& [root, rows] : lost)
            if (rows > 0)
                return fmt::format("the table {} lost {} row{}", name_of_one(root, now), rows, rows == 1 ? "" : "s");
        return std::string();
    }

    // Whose pages they are can't be asked, as only a superuser may read them; where all objects are of this
    // transaction, they are its own.
    Result<std::string> overwritten(const Look& now) {
        const auto then = before_.tables.find(pages);
        const auto here = now.tables.find(pages);
        if (then == before_.tables.end() || here == now.tables.end()) return std::string();
        if (here->second.updated == then->second.updated && here->second.deleted == then->second.deleted)
            return std::string();
        const auto older = TRY(ask("SELECT FROM pg_catalog.pg_largeobject_metadata WHERE pg_catalog.age(xmin) "
                                   "OPERATOR(pg_catalog.>) 0 LIMIT 1"));
        return older.rows.empty() ? std::string() : std::string("pages of a large object were overwritten or cut");
    }

    // By what no statement says. Rows are looked at as ourselves, and no more of them than there were changes: one may
    // have been changed often. What this transaction, or a part of it, wrote is as young as itself.
    Result<std::string> changed(const Look& now) {
        for (const auto& [oid, table] : known_) {
            const auto then = before_.tables.find(oid);
            const auto here = now.tables.find(oid);
            if (then == before_.tables.end() || here == now.tables.end() || oid == large_objects) continue;
            const auto rows = here->second.updated - then->second.updated;
            if (rows < fewest_changed || named_.contains(sql::lower_case(table.name.substr(table.name.rfind('.') + 1))))
                continue;
            const auto name = TRY(ask(fmt::format("SELECT {}::pg_catalog.regclass", oid)));
            const auto answer =
                TRY(ask(fmt::format("{}SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE "
                                    "pg_catalog.age(t.born) OPERATOR(pg_catalog.>) 0) FROM (SELECT xmin AS born FROM "
                                    "ONLY {} LIMIT {}) t",
                                    as_ourselves, name.rows.at(0).at(0).value_or(""), rows + 1)));
            const auto there = number_in(answer.rows.at(0).at(0)), older = number_in(answer.rows.at(0).at(1));
            if (there >= fewest_changed && there <= rows && older == 0)
                return fmt::format("the table {} had all of its {} rows changed", table.name, there);
        }
        return std::string();
    }

    static Oid root_of(Oid oid, const Look& look) {
        constexpr int deepest = 32;
        for (int i = 0; i < deepest; ++i) {
            const auto at = look.tables.find(oid);
            if (at == look.tables.end() || at->second.parent == 0) break;
            oid = at->second.parent;
        }
        return oid;
    }

    // The root itself may be new.
    std::string name_of_one(Oid root, const Look& look) const {
        if (const auto at = known_.find(root); at != known_.end()) return at->second.name;
        for (const auto& [oid, table] : known_)
            if (root_of(oid, look) == root) return table.name;
        return std::to_string(root);
    }

    Database& database_;
    std::map<Oid, Table> known_;
    std::map<std::string, OfOurs> own_;
    std::set<std::string> named_, words_; // tables that the script says it changes; all of its words
    Look before_;
    bool hides_ = false; // a statement speaks of track_counts
    std::string hiding_; // a function that does
};

}

Result<std::unique_ptr<Losses>> postgres_losses(Database& database) {
    auto losses = std::make_unique<PostgresLosses>(database);
    TRY_VOID(losses->list());
    return std::unique_ptr<Losses>(std::move(losses));
}

}
