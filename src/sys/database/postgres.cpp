// Sessions with PostgreSQL by libpq's asynchronous calls (its documentation, chapter 34.4), so that a stop request ends
// a statement and nothing waits longer than it was told to.
#include "sys/database/postgres.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/database/postgres_options.h"
#include "sys/database/without_values.h"
#include "sys/descriptor.h"
#include "sys/files/frozen_text.h"
#include "sys/freed.h"
#include "sys/permit.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>

namespace fairlead::sys {
namespace {

// A stop request leaves 7 s in all: the server has 3 to say that it has ended the statement, else we hang up, upon
// which it rolls back.
constexpr Milliseconds patience_after_cancel{3000};
constexpr std::size_t piece_of_copy = 1u << 20;

using Conn = Freed<PGconn, ::PQfinish>;
using Reply = Freed<PGresult, ::PQclear>;

// "connection to server at …, port 5432 failed: FATAL: …" without its line ends.
std::string said(const PGconn* connection) {
    std::string text = ::PQerrorMessage(connection);
    text = text.substr(0, text.find("\n\tThis probably means")); // "the server terminated abnormally": it doesn't know
    text = replace_all(replace_all(trim(std::string_view(text)), "\n\t", " "), "\n", "; ");
    return printable(text.empty() ? "it says nothing" : text);
}

std::string field(const PGresult* result, int code) {
    const char* text = ::PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

// Characters from 1 as bytes from 1.
std::size_t byte_of(std::string_view statement, const std::string& character) {
    const auto number = parse_integer(character).value_or(0);
    if (number < 1) return 0;
    std::int64_t seen = 0;
    for (std::size_t at = 0; at < statement.size(); ++at)
        if ((static_cast<unsigned char>(statement[at]) & 0xC0) != 0x80 && ++seen == number) return at + 1;
    return 0;
}

class PostgresSession : public Session {
  public:
    PostgresSession(Conn connection, std::string shown, bool writable)
        : connection_(std::move(connection)), cancel_(::PQgetCancel(connection_.get()), ::PQfreeCancel),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), shown_(std::move(shown)), writable_(writable) {
        ::PQsetnonblocking(connection_.get(), 1);
        ::PQsetNoticeReceiver(connection_.get(), on_notice, this);
        process_ = ::PQbackendPID(connection_.get());
    }

    Result<Answer> run(const std::string& sql) override {
        if (!writable_ && ::PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return run_reading(sql);
        return send(sql);
    }

    Result<Answer> ask(const std::string& sql, const std::vector<Field>& parameters) override {
        if (writable_ || ::PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) return send(sql, parameters);
        TRY(send("BEGIN READ ONLY"));
        auto answer = send(sql, parameters);
        TRY_VOID(end_reading());
        return answer;
    }

    Result<Answer> copy_in(const std::string& sql, std::string_view data) override {
        TRY_VOID(begin(sql));
        if (::PQsendQuery(connection_.get(), sql.c_str()) == 0) return lost();
        return finish(sql, data);
    }

    void interrupt() override {
        interrupted_ = true;
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
    }
    bool is_interrupted() const override { return interrupted_; }
    bool is_open() const override { return connection_ && ::PQstatus(connection_.get()) == CONNECTION_OK; }
    int process() const override { return process_; }

    Result<std::string> verifier(const std::string& user, const Secret& password) {
        if (!is_open()) return lost();
        const std::unique_ptr<char, void (*)(void*)> made(
            ::PQencryptPasswordConn(connection_.get(), password.reveal().c_str(), user.c_str(), "scram-sha-256"),
            ::PQfreemem);
        if (!made) return could_not("the password can't be made into a SCRAM verifier: " + said(connection_.get()));
        return std::string(made.get());
    }

  private:
    // One that begins a transaction by itself keeps it, a read-only one.
    Result<Answer> run_reading(const std::string& sql) {
        const auto first = lower(trim(std::string_view(sql)).substr(0, 5));
        TRY(send("BEGIN READ ONLY"));
        auto answer = send(sql);
        if (first != "begin" && first != "start") TRY_VOID(end_reading());
        return answer;
    }

    Result<void> end_reading() {
        if (!is_open()) return {}; // the answer says so
        if (::PQtransactionStatus(connection_.get()) != PQTRANS_IDLE)
            TRY(send("COMMIT")); // of a failed one: a rollback
        return {};
    }

    Result<Answer> send(const std::string& sql) {
        TRY_VOID(begin(sql));
        if (::PQsendQuery(connection_.get(), sql.c_str()) == 0) return lost();
        return finish(sql, std::nullopt);
    }

    Result<Answer> send(const std::string& sql, const std::vector<Field>& parameters) {
        TRY_VOID(begin(sql));
        std::vector<const char*> values;
        for (const auto& parameter : parameters) {
            if (parameter && parameter->find('\0') != std::string::npos)
                return no("a parameter of the statement holds a NUL byte, which a PostgreSQL text can't hold");
            values.push_back(parameter ? parameter->c_str() : nullptr);
        }
        if (::PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                                nullptr, nullptr, 0) == 0)
            return lost();
        return finish(sql, std::nullopt);
    }

    static void on_notice(void* self, const PGresult* result) {
        const auto& session = *static_cast<PostgresSession*>(self);
        if (session.heard)
            session.heard(field(result, PG_DIAG_SEVERITY_NONLOCALIZED) + ": " + field(result, PG_DIAG_MESSAGE_PRIMARY));
    }

    Result<void> begin(const std::string& sql) {
        if (!is_open()) return lost();
        if (sql.find('\0') != sql.npos) return no("the statement holds a NUL byte, which would end it");
        interrupted_ = false;
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t drained = ::read(wake_.get(), &count, sizeof count);
        stopped_before_ = stop_requested();
        deadline_.reset();
        return {};
    }

    Error lost() {
        const std::string why = connection_ ? said(connection_.get()) : "it was closed after an interrupted statement";
        return could_not(fmt::format("the connection to {} is lost: {}; run the command again", shown_, why));
    }

    Error interruption(bool answered) {
        if (!answered) {
            connection_.reset(); // the server rolls back when it sees that nobody is there
            return could_not(fmt::format("interrupted: {} did not report the end of the statement; the connection is "
                                         "closed, and the server rolls the statement back",
                                         shown_));
        }
        return could_not("interrupted: the statement was cancelled");
    }

    // One wait for the socket, or for who wants it ended. False: the server was told to end the statement and does not
    // answer.
    bool wait(bool also_writable) {
        const bool is_cancelled = deadline_.has_value();
        int limit = -1;
        if (is_cancelled) {
            const auto left = std::chrono::ceil<Milliseconds>(*deadline_ - real_clock().steady());
            if (left.count() <= 0) return false;
            limit = static_cast<int>(left.count());
        }
        const auto events = static_cast<short>(POLLIN | (also_writable ? POLLOUT : 0));
        pollfd files[] = {{::PQsocket(connection_.get()), events, 0},
                          {is_cancelled ? -1 : wake_.get(), POLLIN, 0},
                          {is_cancelled || stopped_before_ ? -1 : stop_descriptor(), POLLIN, 0}};
        ::poll(files, 3, limit);
        if (files[1].revents != 0 || files[2].revents != 0) cancel();
        return true;
    }

    // PQcancel opens a connection and waits for its end: not in a thread that has a deadline.
    void cancel() {
        interrupted_ = true;
        deadline_ = real_clock().steady() + patience_after_cancel;
        std::thread([cancel = cancel_] {
            char why[256] = "";
            if (cancel) ::PQcancel(cancel.get(), why, static_cast<int>(sizeof why));
        }).detach();
    }

    Result<void> flush() {
        while (true) {
            const int left = ::PQflush(connection_.get());
            if (left == 0) return {};
            if (left < 0) return lost();
            if (!wait(true)) return interruption(false);
            if (::PQconsumeInput(connection_.get()) == 0) return lost();
        }
    }

    // The next result; nothing behind the last one.
    Result<Reply> next() {
        TRY_VOID(flush());
        while (::PQisBusy(connection_.get()) != 0) {
            if (!wait(false)) return interruption(false);
            if (::PQconsumeInput(connection_.get()) == 0) return lost();
        }
        return Reply(::PQgetResult(connection_.get()));
    }

    Result<Answer> finish(const std::string& sql, std::optional<std::string_view> data) {
        ::PQsetSingleRowMode(connection_.get());
        Answer answer;
        std::size_t kept = 0;
        bool in_rows = false;
        while (true) {
            const Reply reply = TRY(next());
            if (!reply) break;
            switch (::PQresultStatus(reply.get())) {
            case PGRES_SINGLE_TUPLE:
                if (!std::exchange(in_rows, true)) begin_rows(reply.get(), answer, kept);
                add_rows(reply.get(), answer, kept);
                break;
            case PGRES_TUPLES_OK: // behind the last row, or without any
                if (!std::exchange(in_rows, false)) begin_rows(reply.get(), answer, kept);
                ran_through(reply.get(), answer);
                break;
            case PGRES_COMMAND_OK: ran_through(reply.get(), answer); break;
            case PGRES_COPY_IN: TRY_VOID(put(std::exchange(data, std::nullopt))); break;
            case PGRES_COPY_OUT: TRY_VOID(pass_over()); break;
            case PGRES_EMPTY_QUERY: break;
            default:
                if (!answer.refusal) answer.refusal = refusal_of(reply.get(), sql);
            }
        }
        if (interrupted_ && answer.refusal) return interruption(true);
        if (!is_open()) return lost();
        return answer;
    }

    static void ran_through(PGresult* result, Answer& answer) {
        ++answer.done;
        answer.changed =
            static_cast<std::uint64_t>(std::max<std::int64_t>(parse_integer(::PQcmdTuples(result)).value_or(0), 0));
    }

    static void begin_rows(const PGresult* result, Answer& answer, std::size_t& kept) {
        answer.rows.clear();
        answer.columns.clear();
        answer.cut = false;
        kept = 0;
        for (int column = 0; column < ::PQnfields(result); ++column)
            answer.columns.emplace_back(::PQfname(result, column));
    }

    static void add_rows(const PGresult* result, Answer& answer, std::size_t& kept) {
        for (int row = 0; row < ::PQntuples(result); ++row) {
            std::vector<Field> fields;
            for (int column = 0; column < ::PQnfields(result); ++column) {
                const auto length = static_cast<std::size_t>(::PQgetlength(result, row, column));
                kept += length + sizeof(Field);
                fields.push_back(::PQgetisnull(result, row, column) != 0
                                     ? Field()
                                     : Field(std::string(::PQgetvalue(result, row, column), length)));
            }
            if (kept > most_kept)
                answer.cut = true;
            else
                answer.rows.push_back(std::move(fields));
        }
    }

    static Refusal refusal_of(const PGresult* result, std::string_view sql) {
        const auto told = [&](int part) { return without_values(field(result, part)); };
        Refusal refusal{field(result, PG_DIAG_SQLSTATE), told(PG_DIAG_MESSAGE_PRIMARY), told(PG_DIAG_MESSAGE_DETAIL),
                        told(PG_DIAG_MESSAGE_HINT), byte_of(sql, field(result, PG_DIAG_STATEMENT_POSITION))};
        constexpr std::string_view data_exception = "22";
        if (refusal.code.starts_with(data_exception)) refusal.detail.clear(); // it is the value, or a line of it
        if (refusal.message.empty())
            refusal.message = without_values(trim(std::string_view(::PQresultErrorMessage(result))));
        return refusal;
    }

    Result<void> put(std::optional<std::string_view> data) {
        if (!data) return end_copy("its data is missing");
        for (std::size_t at = 0; at < data->size();) {
            const auto piece = data->substr(at, piece_of_copy);
            const int taken = ::PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size()));
            if (taken < 0) return lost();
            if (taken > 0) at += piece.size();
            if (taken > 0) let_go(piece);
            TRY_VOID(flush()); // also what is too much to be kept
            if (interrupted_) return end_copy("interrupted");
        }
        return end_copy(nullptr);
    }

    Result<void> end_copy(const char* why) {
        while (true) {
            const int taken = ::PQputCopyEnd(connection_.get(), why);
            if (taken < 0) return lost();
            if (taken > 0) return {};
            if (!wait(true)) return interruption(false);
        }
    }

    Result<void> pass_over() { // COPY … TO stdout: nobody here wants it
        while (true) {
            char* line = nullptr;
            const int length = ::PQgetCopyData(connection_.get(), &line, 1);
            if (line != nullptr) ::PQfreemem(line);
            if (length == -1) return {};
            if (length < -1) return lost();
            if (length > 0) continue;
            if (!wait(false)) return interruption(false);
            if (::PQconsumeInput(connection_.get()) == 0) return lost();
        }
    }

    Conn connection_;
    std::shared_ptr<PGcancel> cancel_;
    Descriptor wake_;
    std::string shown_;
    bool writable_;
    int process_ = 0;
    std::atomic<bool> interrupted_{false};
    bool stopped_before_ = false;           // that request has been heeded: what runs since belongs to the way back
    std::optional<Clock::Steady> deadline_; // since the statement was cancelled
};

Result<void> connected(PGconn* connection, const std::string& shown, Milliseconds timeout) {
    const auto deadline = real_clock().steady() + timeout;
    const bool stopped_before = stop_requested();
    auto wanted = PGRES_POLLING_WRITING;
    while (true) {
        if (wanted == PGRES_POLLING_OK) return {};
        if (wanted == PGRES_POLLING_FAILED || ::PQstatus(connection) == CONNECTION_BAD)
            return could_not(fmt::format("{} can't be reached: {}", shown, said(connection)));
        const auto left = std::chrono::ceil<Milliseconds>(deadline - real_clock().steady());
        if (left.count() <= 0)
            return could_not(fmt::format("{} did not answer within {}", shown, format_duration(timeout)));
        const auto events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        pollfd files[] = {{::PQsocket(connection), events, 0}, {stopped_before ? -1 : stop_descriptor(), POLLIN, 0}};
        const int ready = ::poll(files, 2, static_cast<int>(left.count()));
        if (files[1].revents != 0) return could_not(fmt::format("interrupted while connecting to {}", shown));
        if (ready > 0) wanted = ::PQconnectPoll(connection);
    }
}

}

Result<std::unique_ptr<Session>> open_postgres(const Target& target) {
    const Options options =
        TRY(postgres_options(target, target.ignores_variables ? Environment({}) : Environment::of_process()));
    std::vector<const char*> names, values;
    for (const auto& [name, value] : options) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    const Asked asked = asked_of(options);
    const std::string shown = fmt::format("PostgreSQL '{}' at {}:{}", asked.database, asked.host, asked.port);
    TRY_VOID(sys::ask(Act::connect, shown));
    if (target.writable) TRY_VOID(sys::ask(Act::change_database, shown));
    const WithoutVariables none(target.ignores_variables);
    Conn connection(::PQconnectStartParams(names.data(), values.data(), 0));
    if (!connection) return could_not(shown + " can't be reached: out of memory");
    TRY_VOID(connected(connection.get(), shown, target.timeout));
    return std::unique_ptr<Session>(std::make_unique<PostgresSession>(std::move(connection), shown, target.writable));
}

Result<std::string> password_verifier(Session& session, const std::string& user, const Secret& password) {
    auto* const postgres = dynamic_cast<PostgresSession*>(&session);
    if (postgres == nullptr) return could_not("only PostgreSQL has passwords of roles");
    return postgres->verifier(user, password);
}

}
