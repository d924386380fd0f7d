#include "migrate/lint/lint.h"
#include "base/text.h"
#include "migrate/lint/rule.h"
#include "migrate/lint/silence.h"
#include "migrate/sql/split_others.h"
#include "report/rules.h"
#include "sys/data/json.h"
#include "sys/data/sql.h"
#include "sys/database/sqlite_syntax.h"
#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <optional>

namespace fairlead::migrate::lint {

namespace {

bool names(const std::vector<std::string>& ids, std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool is_of(const Rule& rule, sql::Dialect dialect) {
    switch (rule.engines) {
    case Engines::all: return true;
    case Engines::postgres: return dialect == sql::Dialect::postgres;
    case Engines::sqlite: return dialect == sql::Dialect::sqlite;
    case Engines::mysql: return dialect == sql::Dialect::mysql;
    }
    return false;
}

// The level of what the rule finds; off: it isn't asked.
Level level_of(const Rule& rule, const Options& options) {
    if (rule.check == nullptr || !is_of(rule, options.dialect) || names(options.skip, rule.id)) return Level::off;
    const bool is_asked = names(options.only, rule.id);
    if (!options.only.empty() && !is_asked) return Level::off;
    const auto set = options.levels.find(std::string(rule.id));
    const Level level =
        set == options.levels.end() ? rule.level : report::level_named(set->second).value_or(Level::error);
    return level == Level::off && is_asked ? Level::warning : level;
}

// Of equal lines in one file the first, the second, ...
class Fingerprints {
  public:
    std::string of(std::string_view rule, const std::string& file, std::string_view line) {
        const auto key = fmt::format("{}\n{}\n{}", rule, file, line);
        return report::fingerprint(report::full_name("migrate", rule), file, line, seen_[key]++);
    }

  private:
    std::map<std::string, int> seen_;
};

// The lines of a text, of which a file of data has a million: what is kept is which one each piece of it begins in.
class TextLines {
  public:
    explicit TextLines(std::string_view text) : text_(text) {
        int line = 1;
        for (std::size_t at = 0; at < text.size(); at += step) {
            first_.push_back(line);
            line += sys::newlines_in(text.substr(at, step));
            sys::let_go(text.substr(at, step));
        }
    }
    std::string_view at(int line) const { // from 1; empty: there is none
        line = std::max(line, 1);
        auto piece = std::lower_bound(first_.begin(), first_.end(), line);
        if (piece != first_.begin()) --piece; // the line before may end in it, and this one begin
        auto at = static_cast<std::size_t>(piece - first_.begin()) * step;
        for (int now = piece == first_.end() ? line : *piece; now < line; ++now) {
            const auto end = text_.find('\n', at);
            if (end == text_.npos) return "";
            at = end + 1;
        }
        return at < text_.size() ? text_.substr(at, text_.find('\n', at) - at) : "";
    }

  private:
    static constexpr std::size_t step = 256 << 10;
    std::string_view text_;
    std::vector<int> first_; // the line that the first byte of each piece stands in
};

struct Judging {
    const Scripts& scripts;
    const Options& options;
    Fingerprints fingerprints = {};
    std::vector<report::Finding> findings = {};

    void judge(const Script& script) {
        const Silence silence(script);
        std::optional<TextLines> lines;
        for (const Rule& rule : all_rules()) {
            const Level level = level_of(rule, options);
            if (level == Level::off || (script.is_down && !rule.of_down)) continue;
            Hits hits(script);
            rule.check(script, scripts, hits);
            for (Hit& hit : hits.take()) {
                if (!lines) lines.emplace(script.text);
                tell(rule, level, std::move(hit), silence, *lines);
            }
        }
    }

    void tell(const Rule& rule, Level level, Hit hit, const Silence& silence, const TextLines& lines) {
        const bool is_set = options.levels.contains(std::string(rule.id));
        report::Finding finding{.rule = std::string(rule.id), .file = hit.script->path};
        finding.severity = severity_of(hit.level == Level::off || is_set ? level : hit.level);
        finding.line = finding.end_line = hit.line;
        finding.message = std::move(hit.message);
        for (const auto peer : rule.peers) finding.refs.push_back("squawk " + std::string(peer));
        finding.fingerprint = fingerprints.of(rule.id, hit.script->path, lines.at(hit.line));
        if (!silence.covers(rule, hit).empty())
            finding.state = report::State::suppressed;
        else if (const auto why = silence.unfinished(rule, hit); !why.empty())
            finding.message += fmt::format(" (a comment would silence it, but doesn't count: {})", why);
        findings.push_back(std::move(finding));
    }
};

}

namespace {

// Comments that silence a rule that there is none of: a mistyped id silences nothing.
std::vector<Error> unknown_silenced(const Script& script) {
    std::vector<std::string> known;
    for (const Rule& rule : all_rules()) known.emplace_back(rule.id);
    std::vector<Error> errors;
    const auto first = script.comments.empty() ? 0 : script.comments.front().line;
    const auto last = script.comments.empty() ? 0 : script.comments.back().line;
    for (const Suppression& one : suppressions_in(script))
        for (const auto& id : one.rules) {
            if (find_rule(id) != nullptr || one.line < first || one.line > last) continue;
            const auto near = nearest(id, known);
            if (near.empty() && !id.starts_with("mig-")) continue; // another tool's
            errors.push_back(usage(
                fmt::format("rule '{}' is unknown, and nothing is silenced; {}", id,
                            near.empty() ? "fairlead-migrate rules lists them" : fmt::format("did you mean {}?", near)),
                {script.path, one.line, 0, ""}));
        }
    return errors;
}

// Where no statement is known no rule has looked at anything, unless it is said that the server knows more than we do.
std::optional<Error> not_understood(const Script& script) {
    const auto& all = script.statements;
    const bool is_known = std::any_of(all.begin(), all.end(), [](const Statement& one) {
        return one.verb != Statement::Verb::unknown || one.is_too_large;
    });
    if (all.empty() || is_known || script.options->dialect != sql::Dialect::postgres ||
        script.options->postgres > sys::sql_grammar())
        return std::nullopt;
    return no(fmt::format("the grammar of PostgreSQL {} doesn't know any of its statements; fix the file, or name the "
                          "server's version as migrate.postgres",
                          sys::sql_grammar()),
              {script.path, all.front().line, 1, ""});
}

// What SQLite itself can't read, or never carries out where it stands.
std::vector<Error> refused_by_sqlite(const Script& script) {
    std::vector<Error> errors;
    if (script.options->dialect != sql::Dialect::sqlite) return errors;
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        const Statement& one = script.statements[i];
        const fairlead::Place place{script.path, one.line, 1, ""};
        if (one.kind == "vacuum" && script.transactions[i] > 0)
            errors.push_back(
                no("vacuum; SQLite refuses it within a transaction; write -- fairlead: no-transaction", place));
        else if (const auto why = sys::sqlite_syntax_error(one.text); !why.empty())
            errors.push_back(no(fmt::format("{}; SQLite can't read it ({}); correct it", one.kind, why), place));
    }
    return errors;
}

}

report::Finding finding_of(const files::Stray& stray, report::Severity severity) {
    report::Finding finding{.rule = "migrate/stray", .severity = severity, .file = stray.path};
    finding.line = finding.end_line = 1;
    finding.message = stray.message;
    finding.fingerprint = report::fingerprint("migrate/stray", stray.path, stray.message, 0);
    return finding;
}

std::vector<report::Finding> judge(const std::vector<File>& files, const Options& options,
                                   const std::vector<Error>& faults) {
    return judge(read_scripts(files, options), files, options, faults);
}

std::vector<report::Finding> judge(const Scripts& scripts, const std::vector<File>& files, const Options& options,
                                   const std::vector<Error>& faults) {
    Judging judging{scripts, options};
    auto unread = scripts.unread;
    unread.insert(unread.end(), faults.begin(), faults.end());
    for (const File& file : files) {
        if (!file.judged) continue;
        const auto fits = files::check_file(file.path, file.text, options.layout, options.dialect);
        if (!fits.ok()) unread.push_back(fits.error());
    }
    for (const Script& script : scripts.all) {
        if (!script.judged) continue;
        judging.judge(script);
        for (auto& error : unknown_silenced(script)) unread.push_back(std::move(error));
        if (auto error = not_understood(script)) unread.push_back(std::move(*error));
        for (auto& error : refused_by_sqlite(script)) unread.push_back(std::move(error));
    }
    for (const Error& error : unread) {
        report::Finding finding{.rule = "migrate/unread", .file = error.place.file};
        finding.line = finding.end_line = error.place.line;
        finding.message = error.message;
        finding.fingerprint = judging.fingerprints.of(finding.rule, finding.file, finding.message);
        judging.findings.push_back(std::move(finding));
    }
    report::sort_findings(judging.findings);
    return std::move(judging.findings);
}

bool asks_any(const Options& options) {
    return std::any_of(all_rules().begin(), all_rules().end(),
                       [&](const Rule& rule) { return level_of(rule, options) != Level::off; });
}

Result<void> check_rules(const std::vector<std::string>& ids, std::string_view by) {
    std::vector<std::string> known;
    for (const Rule& rule : all_rules()) known.emplace_back(rule.id);
    for (const auto& id : ids) {
        if (find_rule(id) != nullptr) continue;
        const auto near = nearest(id, known);
        return usage(
            fmt::format("{}: rule '{}' is unknown; {}", by, id,
                        near.empty() ? "fairlead-migrate rules lists them" : fmt::format("did you mean {}?", near)));
    }
    return {};
}

namespace {

constexpr std::size_t longest_row = 100; // of like statements that are listed one by one

// Adds it; a row of like statements becomes one entry as soon as it is longer than that.
void add(std::vector<Told>& all, std::size_t& row_begin, Told one) {
    one.last_line = one.line;
    if (!all.empty()) {
        Told& first = all[row_begin];
        const bool is_like =
            first.kind == one.kind && first.lock == one.lock && first.transactional == one.transactional;
        if (is_like && (first.count > 1 || all.size() - row_begin == longest_row)) {
            first.count = first.count > 1 ? first.count + 1 : longest_row + 1;
            first.last_line = one.line;
            all.resize(row_begin + 1);
            return;
        }
        if (!is_like) row_begin = all.size();
    }
    all.push_back(std::move(one));
}

}

Result<std::vector<Told>> statements(const File& file, const Options& options) {
    std::vector<Told> all;
    std::size_t row_begin = 0;
    TRY_VOID(files::check_text(file.path, file.text.view()));
    const int postgres = options.postgres > 0 ? options.postgres : default_postgres;
    TRY_VOID(sql::split_as(options.dialect, file.text.view(), file.path, [&](const sql::Piece& piece) {
        if (piece.copy_data) return;
        const Statement statement = sql::understand(piece);
        const bool is_postgres = options.dialect == sql::Dialect::postgres;
        add(all, row_begin,
            {piece.line, sql::kind_of(piece.text, options.dialect),
             is_postgres ? sql::lock_of(statement, postgres) : sql::Lock::unknown,
             options.dialect != sql::Dialect::mysql && sql::is_transactional(statement, postgres)});
    }));
    return all;
}

std::size_t count_of(const std::vector<Told>& statements) {
    return std::accumulate(statements.begin(), statements.end(), std::size_t{0},
                           [](std::size_t sum, const Told& one) { return sum + one.count; });
}

namespace {

std::string lock_name(const Told& statement) {
    return statement.lock == sql::Lock::none ? "none" : std::string(sql::name_of(statement.lock));
}

}

std::string described(const Told& statement) {
    return fmt::format("{}{}; lock: {}", statement.kind,
                       statement.count > 1 ? fmt::format(", {} to line {}", statement.count, statement.last_line) : "",
                       statement.lock == sql::Lock::unknown ? "unknown" : lock_name(statement));
}

sys::Json as_json(const Told& statement) {
    sys::Json one = {{"line", statement.line},
                     {"kind", statement.kind},
                     {"lock", statement.lock == sql::Lock::unknown ? sys::Json() : sys::Json(lock_name(statement))},
                     {"transactional", statement.transactional}};
    if (statement.count > 1) one.update({{"count", statement.count}, {"last_line", statement.last_line}});
    return one;
}

std::span<const report::Rule> report_rules() {
    static const std::vector<report::Rule> all = [] {
        std::vector<report::Rule> rules = {
            {"migrate/nothing", "There was no migration to look at"},
            {"migrate/unread", "A file can't be read as a migration"},
            {"migrate/stray", "SQL in the folder that nobody runs"},
            {"migrate/call", "A migration calls a function that destroys data, or may do so",
             report::Severity::warning},
            {"migrate/reach", "A migration reaches beyond the tables of its database", report::Severity::warning},
            {"migrate/missing", "The file of an applied migration is not there"},
            {"migrate/late", "A migration comes before an applied migration"},
            {"migrate/failed", "A migration failed, or was interrupted outside of a transaction"},
            {"migrate/verify", "A query of migrate.verify does not give the expected answer"},
            {"migrate/drift", "The schema was changed by something else", report::Severity::warning}};
        for (auto& rule : rules) rule.page = "migrate.md";
        for (const Rule& rule : all_rules())
            rules.push_back(
                {rule.id, rule.title, rule.level == Level::off ? report::Severity::warning : severity_of(rule.level)});
        return rules;
    }();
    return all;
}

namespace {

std::string_view engine_of(const Rule& rule) {
    constexpr std::string_view words[] = {"PostgreSQL", "SQLite", "MySQL", "all"};
    return words[static_cast<std::size_t>(rule.engines)];
}

}

std::string render_rules() {
    std::string text;
    for (const Rule& rule : all_rules()) {
        const bool is_off = rule.level == Level::off;
        text +=
            fmt::format("\n## {}\n{}. Level: {}. Engine: {}.\n\n{}\n\n```text\n{}\n```\n", rule.id, rule.title,
                        is_off ? "off; on by request" : name_of(rule.level), engine_of(rule), rule.why, rule.way_out);
        if (rule.peers.empty()) continue;
        text += "\nIn squawk:";
        for (std::size_t i = 0; i < rule.peers.size(); ++i)
            text += fmt::format("{} {}", i > 0 ? "," : "", rule.peers[i]);
        text += ".\n";
    }
    const auto head = [&](std::size_t minutes) {
        return fmt::format("# Rules of fairlead-migrate\n\n*For anyone who met a finding. Since 0.1. {} minutes to "
                           "read.*\n\nThis page is rendered from the rules themselves. Rules about locks ignore a "
                           "table that the same file makes, because nobody uses such a table yet.\n\n`-- fairlead: "
                           "ignore[mig-x] why` before a statement silences the rule for this statement. `-- "
                           "squawk-ignore` with squawk's name of the rule has the same effect. To give a rule another "
                           "level, use `migrate.rules` of fairlead.yml.\n",
                           minutes);
    };
    return head(report::minutes_to_read(head(10) + text)) + text;
}
}
