#include "migrate/server/lock.h"
#include "base/printable.h"
#include "base/text.h"
#include "migrate/sql/shown.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate::server {
namespace {

constexpr Milliseconds first_pause{250}, longest_pause{2000};

// Up to a quarter more: those who wait together don't ask together.
Milliseconds with_jitter(Milliseconds pause) {
    const auto random = std::stoul(sys::random_hex(2), nullptr, 16);
    constexpr long range = 0x10000;
    return pause + Milliseconds{pause.count() * static_cast<long>(random) / (4 * range)};
}

// As pg_locks has the key of a lock on one bigint (PostgreSQL's documentation, 54.12).
std::string of_key(std::int64_t key) {
    const auto bits = static_cast<std::uint64_t>(key);
    return fmt::format(
        "l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.classid = '{}' AND l.objid = '{}' "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        bits >> 32, bits & 0xffffffff);
}

Error refused(const sys::Refusal& refusal) {
    return could_not(fmt::format("the lock can't be asked for: {} ({})", refusal.message, refusal.code));
}

Result<bool> try_lock(Connection& connection, std::int64_t key) {
    const sys::Answer answer = TRY(connection.session->run(fmt::format("SELECT pg_try_advisory_lock({})", key)));
    if (answer.refusal) return refused(*answer.refusal);
    return answer.rows.at(0).at(0) == "t";
}

std::string who(Connection& connection, const std::string& table) {
    const auto holder = lock_holder(connection, table);
    return holder.ok() && holder.value() ? described(*holder.value()) : "a session that has just ended";
}

// Without idle_session_timeout (since PostgreSQL 14) a server may end who only holds a lock.
Result<void> keep_open(Connection& connection) {
    constexpr int since = 14;
    if (connection.identity.major < since) return {};
    const sys::Answer answer = TRY(connection.session->run("SET idle_session_timeout = 0"));
    if (answer.refusal) return refused(*answer.refusal);
    return {};
}

Result<void> wait_for(Connection& connection, std::int64_t key, const Request& request) {
    auto& clock = sys::real_clock();
    const auto deadline = clock.steady() + request.wait;
    Milliseconds pause = first_pause;
    for (bool told = false;; told = true) {
        const bool taken = TRY(try_lock(connection, key));
        if (taken) return {};
        const auto left = std::chrono::ceil<Milliseconds>(deadline - clock.steady());
        if (left.count() <= 0)
            return could_not(fmt::format("another run migrates this database: its lock is held by {}; waited for {}; "
                                         "try again when that run has ended, or see `fairlead-migrate unlock`",
                                         who(connection, request.table), format_duration(request.wait)));
        if (!told) request.tell("waits for the lock, which is held by " + who(connection, request.table));
        if (!clock.sleep(std::min(left, with_jitter(pause))))
            return could_not("interrupted while waiting for the lock; nothing was touched");
        pause = std::min(longest_pause, pause * 3 / 2);
    }
}

// Of what a link names; else as it was written.
std::string real_name(const std::string& path) {
    std::error_code failed;
    const auto real = std::filesystem::weakly_canonical(path, failed);
    const auto plain = std::filesystem::absolute(path).lexically_normal();
    return failed || real == plain ? path : real.string();
}

// At once, or, once it is told for whom, within the request's time.
template <class Take>
auto waited(const Request& request, const Take& take) -> decltype(take(Milliseconds{0})) {
    auto taken = take(Milliseconds{0});
    if (taken.ok() || request.wait.count() <= 0 || taken.error().message.find(" is held by ") == std::string::npos)
        return taken;
    request.tell("waits: " + taken.error().message);
    return take(request.wait);
}

Result<FileLocks> lock_file(const Address& address, const Request& request) {
    const std::string path = real_name(address.path) + ".fairlead-lock";
    if (const auto folder = sys::Path(path).parent_path();
        !folder.empty() && sys::inspect(folder).type == sys::FileType::absent)
        return usage(fmt::format("the folder '{}' of {} is not there; correct {}, or make the folder", folder.string(),
                                 address.shown, address.source));
    const auto about =
        fmt::format("pid {} ({}), since {}", sys::own_pid(), request.application, format_utc(sys::real_clock().now()));
    auto named = TRY(waited(request, [&](Milliseconds wait) { return sys::Lock::take(path, about, wait); }));
    auto itself =
        TRY(waited(request, [&](Milliseconds wait) { return sys::IdentityLock::take(address.path, "migrate", wait); }));
    return FileLocks{std::move(named), std::move(itself)};
}

}

Lock::Lock(std::optional<Connection> connection, std::optional<FileLocks> file, std::int64_t key)
    : connection_(std::move(connection)), file_(std::move(file)), key_(key) {}
Lock::Lock(Lock&& other) noexcept
    : connection_(std::exchange(other.connection_, std::nullopt)), file_(std::move(other.file_)), key_(other.key_) {}

Lock::~Lock() {
    // Its end alone would free it, but a moment later.
    if (connection_ && connection_->session && connection_->session->is_open()) [[maybe_unused]]
        const auto freed = connection_->session->run(fmt::format("SELECT pg_advisory_unlock({})", key_));
}

Result<void> Lock::still_held() {
    if (!connection_) return {};
    const auto answer = connection_->session->run("SELECT 1"); // only its end frees it
    if (!answer.ok() && connection_->session->is_interrupted()) return answer.error();
    if (answer.ok() && !answer->refusal && !answer->rows.empty()) return {};
    return could_not(fmt::format("the connection that held the lock is lost{}: another run may migrate by now; look at "
                                 "`fairlead-migrate status`, then start again",
                                 answer.ok() ? "" : " (" + answer.error().message + ")"));
}

bool are_locks_off() { return sys::ignored() == "locks"; }

Result<Lock> take_lock(const Address& address, const Request& request) {
    if (address.read_only)
        return usage(fmt::format("{}: {} says mode=ro, and this command writes; take it out, or run status or plan",
                                 address.shown, address.source));
    if (are_locks_off()) return Lock(std::nullopt, std::nullopt, 0);
    if (address.engine == Engine::sqlite) {
        auto file = TRY(lock_file(address, request));
        return Lock(std::nullopt, std::move(file), 0);
    }
    Wanted wanted;
    wanted.application = request.application;
    Connection connection = TRY(connect(address, wanted));
    TRY_VOID(keep_open(connection));
    const auto key = lock_key(connection.identity.database, request.table);
    TRY_VOID(wait_for(connection, key, request));
    return Lock(std::move(connection), std::nullopt, key);
}

std::string described(const Holder& holder) {
    std::string text =
        fmt::format("pid {} ({})", holder.pid, holder.application.empty() ? "no application_name" : holder.application);
    if (!holder.since.empty()) text += ", since " + holder.since; // who may not see others' sessions isn't told
    return holder.query.empty() || holder.query == "<insufficient privilege>" ? text : text + ", runs: " + holder.query;
}

Result<std::optional<Holder>> lock_holder(Connection& connection, const std::string& table) {
    if (connection.identity.engine == Engine::sqlite) return std::optional<Holder>();
    // What it migrates runs in another session of the same application.
    const sys::Answer answer = TRY(connection.session->run(
        "SELECT l.pid, coalesce(a.application_name, ''), to_char(a.backend_start AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), coalesce((SELECT left(w.query, 1000) FROM pg_stat_activity w WHERE w.pid "
        "<> "
        "l.pid AND w.application_name = a.application_name AND w.application_name <> '' AND w.datname = a.datname AND "
        "w.state IS DISTINCT FROM 'idle' AND w.pid <> pg_backend_pid() ORDER BY w.query_start LIMIT 1), "
        "left(a.query, 1000)) FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE " +
        of_key(lock_key(connection.identity.database, table))));
    if (answer.refusal) return refused(*answer.refusal);
    if (answer.rows.empty()) return std::optional<Holder>();
    const auto& row = answer.rows[0];
    const auto text = [&](std::size_t column) { return one_line(row.at(column).value_or("")); };
    return std::optional<Holder>({static_cast<int>(parse_integer(text(0)).value_or(0)), text(1), text(2),
                                  one_line(sql::shown(row.at(3).value_or("")))});
}

std::string work_of(const std::string& table) { return table + ":work"; }

std::int64_t lock_key(const std::string& database, const std::string& table) {
    constexpr std::size_t hex_digits = 16;
    const auto bare = table.substr(table.find('.') + 1); // npos + 1: all of it
    const auto digest = sys::sha256("fairlead:migrate:" + database + ":" + bare);
    return static_cast<std::int64_t>(std::stoull(digest.substr(0, hex_digits), nullptr, 16));
}

}
