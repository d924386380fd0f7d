// Outside of a transaction: one statement after another, with the word of each that it ran.
#include "migrate/sql/shown.h"
#include "migrate/steps/apply/apply.h"
#include "migrate/steps/apply/begun.h"
#include "migrate/steps/apply/index.h"
#include "migrate/steps/apply/uncertain.h"
#include "migrate/steps/session_before.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

using records::State;

struct Applier::Way {
    const Task& task;
    Pieces pieces;
    std::vector<sql::Statement> statements;
    std::vector<std::string> sums; // of what ran, by how many did
    std::string begin, as_ours;
    records::Record row;   // as this run wrote it
    bool is_noted = false; // what ran last, in that row
    std::size_t first = 0; // that runs now
    Outcome outcome;
    bool in_block = false;   // of a transaction of its own
    bool is_counted = false; // the rows are, in that one

    void stop(std::size_t at, std::string why, sql::Dialect dialect) {
        outcome.why = std::move(why);
        outcome.line = pieces[at].line;
        outcome.statement = static_cast<std::int64_t>(at) + 1;
        outcome.text = sql::shown(pieces[at].text, dialect);
    }
};

Result<Outcome> Applier::by_statements(const Task& task) {
    Way way = TRY(way_of(task));
    const auto settings = TRY(go_on(way));
    TRY_VOID(write_start(way));
    for (const auto& setting : settings)
        TRY_VOID(asked(database_.session(), setting, "the settings of the statements before can't be set again"));
    way.outcome.kept = static_cast<std::int64_t>(way.first);
    for (std::size_t i = way.first; i < way.pieces.size() && way.outcome.why.empty(); ++i) TRY_VOID(carry_out(way, i));
    if (way.in_block && way.outcome.why.empty()) {
        TRY_VOID(database_.session().run("ROLLBACK"));
        way.stop(way.pieces.size() - 1,
                 "the transaction that it begins is not ended, so it was rolled back; write COMMIT at its end",
                 database_.dialect());
    }
    if (!way.outcome.why.empty()) return failed(way);
    sys::fault_point("ran");
    const auto progress = database_.table.progressed(way.row, way.outcome.statements, task.row.checksum);
    way.row.progress = way.outcome.statements;
    way.row.checksum = task.row.checksum;
    const auto end = closing(task, way.pieces, &way.row);
    TRY_VOID(write_down(way, progress + "; " + end, "the end of the migration can't be recorded"));
    sys::fault_point("after");
    way.outcome.is_done = true;
    return std::move(way.outcome);
}

Result<Applier::Way> Applier::way_of(const Task& task) {
    auto pieces = TRY(pieces_of(*task.script, database_.dialect()));
    Way way{.task = task,
            .pieces = std::move(pieces),
            .statements = {},
            .sums = {},
            .begin = {},
            .as_ours = {},
            .row = {},
            .outcome = {}};
    for (const Piece& piece : way.pieces) way.statements.push_back(sql::understand({piece.text, piece.line, false}));
    way.outcome.is_whole = false;
    way.outcome.statements = static_cast<std::int64_t>(way.pieces.size());
    way.sums = begun_checksums(*task.script, way.pieces);
    way.begin = database_.is_sqlite() ? "BEGIN IMMEDIATE; " : "BEGIN READ WRITE; "; // whatever it had set
    const bool changes_role =
        !database_.is_sqlite() && std::any_of(way.statements.begin(), way.statements.end(), sets_role);
    way.as_ours = changes_role ? as_ourselves : "";
    if (is_watched_) TRY_VOID(losses_->read(way.pieces));
    return way;
}

// Of a begun one behind what ran; what it had set by then comes back. Error (usage): nobody knows how far it is.
Result<std::vector<std::string>> Applier::go_on(Way& way) {
    const auto& task = way.task;
    const auto& pieces = way.pieces;
    const auto& version = task.row.version;
    if (!task.resumes) return std::vector<std::string>();
    auto& first = way.first;
    first = std::min(static_cast<std::size_t>(task.row.progress), pieces.size());
    if (first < pieces.size()) {
        const auto next = TRY(judge_next(database_, pieces[first], way.statements[first]));
        if (next == Next::unsure && is_open_question(task.row, way.statements[first]))
            return usage(
                fmt::format(
                    "{} was interrupted in statement {}, and it is unknown whether that statement ran: {}; look in the "
                    "database, then run: fairlead-migrate repair --mark-ran {}:{}, or --mark-not-ran {}:{}",
                    task.label(), first + 1, sql::shown(pieces[first].text, database_.dialect()), version, first + 1,
                    version, first + 1),
                {task.script->path, pieces[first].line, 0, ""});
        if (next == Next::is_done) ++first;
    }
    auto before = session_before(pieces, way.statements, first);
    if (before.temporary_line > 0 && first < pieces.size())
        return usage(
            fmt::format("{} stopped before statement {}, and the temporary table that it made here ended with that "
                        "session; either run the missing statements by hand, then: fairlead-migrate repair "
                        "--mark-applied {}; or undo the other statements by hand, then: repair --mark-pending {}",
                        task.label(), first + 1, version, version),
            {task.script->path, before.temporary_line, 0, ""});
    if (first < pieces.size())
        sys::log_info(fmt::format("{} goes on with statement {} of {}", task.label(), first + 1, pieces.size()));
    else
        sys::log_info(fmt::format("{} ran to its end; that is recorded now", task.label()));
    return std::move(before.settings);
}

Result<void> Applier::write_start(Way& way) {
    const auto& task = way.task;
    auto row = task.row;
    row.state = State::started;
    row.error.clear();
    row.progress = static_cast<std::int64_t>(way.first);
    row.checksum = way.sums[way.first];
    row.direction = task.direction == Direction::down ? (task.redoes.empty() ? "down" : task.redoes) : "up";
    std::string start = database_.table.put_started(row, records::find(database_.records, row.version));
    if (database_.keeps_golang()) start += "; " + records::put_golang(database_.table, task.row.version, true);
    sys::fault_point("before");
    const auto answer = TRY(database_.session().run("BEGIN; " + start));
    if (answer.refusal) TRY_VOID(database_.session().run("ROLLBACK"));
    if (answer.refusal) TRY_VOID(check_not_taken(task));
    if (answer.refusal) return could_not("the start can't be recorded: " + said(*answer.refusal));
    row.started_at = TRY(database_.table.started_at(database_.session(), row.version));
    TRY_VOID(asked(database_.session(), "COMMIT", "the start can't be recorded"));
    way.row = std::move(row);
    sys::fault_point("started");
    return {};
}

Result<void> Applier::carry_out(Way& way, std::size_t at) {
    const Piece& piece = way.pieces[at];
    auto& session = database_.session();
    if (at > way.first && database_.lock) TRY_VOID(database_.lock->still_held());
    const auto progress = static_cast<std::int64_t>(at) + 1;
    const auto ran = way.as_ours + database_.table.progressed(way.row, progress, way.sums[at + 1]);
    way.is_noted = false;
    if (const auto invalid = way.in_block ? std::string() : TRY(passed_over(database_, piece)); !invalid.empty())
        TRY(drop_to_make_again(database_, invalid));
    std::string lost;
    auto answer = piece.data ? send_copy(way, at, ran, lost) : send_one(way, at, ran, lost);
    if (piece.is_commit || piece.is_rollback) way.in_block = false;
    const auto done = TRY(std::move(answer));
    sys::fault_point("progressed");
    if (!done.refusal && lost.empty()) {
        if (!way.in_block) way.outcome.kept = progress;
        if (!way.is_noted) return {};
        way.row.progress = progress;
        way.row.checksum = way.sums[at + 1];
        return {};
    }
    way.stop(at, lost.empty() ? said(*done.refusal) : lost, database_.dialect());
    way.outcome.is_unconfirmed = !lost.empty();
    if (way.in_block || piece.data) TRY_VOID(session.run("ROLLBACK"));
    way.in_block = false;
    return {};
}

// `ran` is the word that it did. `lost`: what it took away unconfirmed; then it is not committed.
Result<sys::Answer> Applier::send_one(Way& way, std::size_t at, const std::string& ran, std::string& lost) {
    auto& session = database_.session();
    const Piece& piece = way.pieces[at];
    const std::string text(piece.text);
    if (piece.is_begin) {
        way.in_block = true;
        way.is_counted = false;
    } else if (is_watched_ && way.in_block && !way.is_counted && piece.kind != "set") {
        TRY_VOID(losses_->before(at, way.pieces.size()));
        way.is_counted = true;
    }
    if (piece.is_commit && way.in_block) {
        if (is_watched_ && way.is_counted) {
            auto answer = TRY(settled());
            if (!answer.refusal) lost = TRY(losses_->found());
            if (answer.refusal || !lost.empty()) {
                TRY_VOID(session.run("ROLLBACK"));
                return answer;
            }
        }
        way.is_noted = true;
        return sent(ran + "; " + text);
    }
    if (way.in_block || piece.is_begin) return sent(text);
    way.is_noted = true;
    // What can't commit by itself can be held back.
    const bool is_held =
        is_watched_ && way.statements[at].verb == sql::Statement::Verb::block && !may_commit(way.statements[at]);
    if (is_held || piece.is_atomic(way.statements[at], database_.connection.identity.major))
        return is_watched_ ? send_watched(way, at, ran + "; COMMIT", lost)
                           : retried([&] { return sent(way.begin + text + "\n; " + ran + "; COMMIT"); });
    // Nothing takes this one back if another run has gone on meanwhile, so it is asked first as well.
    TRY_VOID(write_down(way, database_.table.fence(way.row), "its progress can't be read"));
    auto answer = TRY(sent(text));
    if (answer.refusal) return answer;
    sys::fault_point("statement");
    TRY_VOID(write_down(way, ran, "its progress can't be recorded"));
    return answer;
}

Result<sys::Answer> Applier::send_watched(const Way& way, std::size_t at, const std::string& end, std::string& lost) {
    return retried([&]() -> Result<sys::Answer> {
        auto answer = TRY(sent(way.begin));
        if (answer.refusal) return answer;
        TRY_VOID(losses_->before(at, at + 1));
        answer = TRY(sent(std::string(way.pieces[at].text)));
        if (answer.refusal) return answer;
        answer = TRY(settled());
        if (answer.refusal) return answer;
        lost = TRY(losses_->found());
        return lost.empty() ? sent(end) : database_.session().run("ROLLBACK");
    });
}

// COPY with its data.
Result<sys::Answer> Applier::send_copy(Way& way, std::size_t at, const std::string& ran, std::string& lost) {
    auto& session = database_.session();
    const Piece& piece = way.pieces[at];
    const bool is_own = !way.in_block && piece.is_atomic(way.statements[at], database_.connection.identity.major);
    if (is_own) TRY_VOID(asked(session, "BEGIN", "no transaction can be begun"));
    const bool is_first = is_watched_ && (is_own || (way.in_block && !way.is_counted));
    if (is_first) TRY_VOID(losses_->before(at, way.pieces.size()));
    way.is_counted = way.is_counted || is_first;
    auto answer = TRY(copied(piece));
    if (!is_own || answer.refusal) return answer;
    if (is_watched_) {
        answer = TRY(settled());
        if (answer.refusal) return answer;
        lost = TRY(losses_->found());
        if (!lost.empty()) return answer;
    }
    way.is_noted = true;
    return session.run(ran + "; COMMIT");
}

Result<void> Applier::write_down(const Way& way, const std::string& sql, std::string_view what) {
    const auto answer = TRY(database_.session().run(way.begin + way.as_ours + sql + "; COMMIT"));
    if (!answer.refusal) return {};
    TRY_VOID(database_.session().run("ROLLBACK"));
    TRY_VOID(check_same_file(database_));
    TRY_VOID(asked(database_.session(), session_settings(database_), "the session can't be set up again"));
    TRY_VOID(check_still_ours(way));
    return could_not(fmt::format("{}: {}", what, said(*answer.refusal)));
}

Result<void> Applier::check_still_ours(const Way& way) {
    if (!TRY(database_.table.is_changed(database_.session(), way.row.version, &way.row))) return {};
    return could_not(fmt::format("another run goes on with it, and this run has stopped after statement {}; see how "
                                 "the other run ends: fairlead-migrate status",
                                 way.outcome.kept));
}

Result<Outcome> Applier::failed(Way& way) {
    auto& session = database_.session();
    auto& outcome = way.outcome;
    TRY_VOID(asked(session, session_settings(database_), "the session can't be set up again"));
    TRY_VOID(check_still_ours(way));
    // In SQLite only COMMIT commits, whatever else a statement is.
    const bool is_unsure =
        !database_.is_sqlite() && may_commit(way.statements[static_cast<std::size_t>(outcome.statement) - 1]);
    std::string sql;
    if (is_unsure) {
        sql = database_.table.progressed(way.row, outcome.kept, unsure_checksum(*way.task.script)) + "; ";
        way.row.progress = outcome.kept;
        way.row.checksum = unsure_checksum(*way.task.script);
    }
    sql +=
        database_.table.ended(way.row, State::failed, fmt::format("statement {}: {}", outcome.statement, outcome.why));
    TRY_VOID(write_down(way, sql, "the failure can't be recorded"));
    sys::fault_point("failed");
    outcome.left = TRY(invalid_indexes(database_, *way.task.script));
    return std::move(outcome);
}

}
