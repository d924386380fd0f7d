#include "base/text.h"
#include "migrate/server/commands.h"
#include "migrate/server/lock.h"
#include "migrate/server/pooler.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::migrate::server {
namespace {

struct Right {
    const char* name;
    const char* question; // one row, one boolean
};
constexpr Right rights[] = {
    {"create tables", "SELECT has_schema_privilege(coalesce(current_schema(), 'public'), 'CREATE')"},
    {"create schemas", "SELECT has_database_privilege(current_database(), 'CREATE')"},
    {"create databases", "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"},
    {"write (no standby)",
     "SELECT NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off'"},
    {"see others' queries", "SELECT pg_has_role('pg_read_all_stats', 'MEMBER')"},
};

Result<bool> is_true(sys::Session& session, const char* question) {
    const sys::Answer answer = TRY(session.run(question));
    return !answer.refusal && !answer.rows.empty() && answer.rows[0][0] == "t";
}

// The middle one of five.
Result<double> latency_of(sys::Session& session) {
    std::array<double, 5> times{};
    for (auto& time : times) {
        const auto begin = sys::real_clock().steady();
        TRY_VOID(session.run("SELECT 1"));
        time = std::chrono::duration<double, std::milli>(sys::real_clock().steady() - begin).count();
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

std::string_view name_of(Engine engine) { return engine == Engine::sqlite ? "SQLite" : "PostgreSQL"; }

}

Result<report::Report> ping(const Ask& ask) {
    const Address address = TRY(find_database(ask.settings, ask.variables));
    Wanted wanted;
    wanted.application = application(ask.variables);
    wanted.pooler = true;
    Connection connection = TRY(connect(address, wanted));
    const auto& identity = connection.identity;
    const double latency = TRY(latency_of(*connection.session));
    report::Report report;
    report.text = fmt::format("database  {} (from {})\nserver    {} {}\nlatency   {:.2f} ms\n", address.shown,
                              address.source, name_of(identity.engine), identity.version, latency);
    sys::Json json = {{"engine", identity.engine == Engine::sqlite ? "sqlite" : "postgres"},
                      {"database", identity.database},
                      {"version", identity.version},
                      {"latency_ms", latency}};
    report.facts = fmt::format("{} {} answers", name_of(identity.engine), identity.version);
    if (identity.engine == Engine::postgres) {
        sys::Json may = sys::Json::object();
        for (const auto& right : rights) {
            const bool has = TRY(is_true(*connection.session, right.question));
            may[right.name] = has;
            report.text += fmt::format("right     {}: {}\n", right.name, has ? "yes" : "no");
        }
        const Pooler pooler = TRY(find_pooler(connection, address, wanted));
        const char* between = !pooler.between ? "none" : pooler.transaction ? "transaction" : "session";
        report.text += fmt::format("pooler    {}{}\n", between,
                                   pooler.proof.empty() || !pooler.transaction ? "" : ": " + pooler.proof);
        if (pooler.transaction) report.facts += ", behind a transaction pooler: `up` would refuse it";
        json.update({{"host", identity.host}, {"user", identity.user}, {"rights", may}, {"pooler", between}});
    }
    report.members = {report::member("server", std::move(json))};
    return report;
}

}
