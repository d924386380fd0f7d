#include "backup/scrub.h"
#include "sys/database/session.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup {
namespace {

Result<void> run(sys::Session& session, const std::string& sql, const std::string& what) {
    const auto answer = TRY(session.run(sql));
    if (!answer.refusal) return {};
    return no(fmt::format("{} was refused, and nothing took its place: {}", what, answer.refusal->message));
}

bool says_no(const sys::Field& field) {
    constexpr std::string_view noes[] = {"", "0", "f", "false"};
    return !field || std::find(std::begin(noes), std::end(noes), *field) != std::end(noes);
}

}

Result<void> check_profiles(const Place& place, const Manifest& manifest, const Request& request) {
    if (place.environment.empty()) return {};
    const auto into = place.config.profile(place.environment);
    if (!request.scrub.empty() && into == config::Profile::production)
        return usage(fmt::format("--scrub would put changed data into {}, which is production; restore without it, or "
                                 "into another environment",
                                 place.environment));
    if (manifest.environment.empty() || !request.scrub.empty()) return {};
    const auto of = place.config.profile(manifest.environment);
    if (into >= of) return {}; // development, staging, production
    return usage(fmt::format("set {} is of {} ({}), and {} is {}: its people's data have no place there; say --scrub "
                             "and a file of SQL that makes them nobody's",
                             manifest.id, manifest.environment, config::name_of(of), place.environment,
                             config::name_of(into)));
}

Result<void> scrub(Restore& restore, const Part& part, const std::string& sql, const std::string& file) {
    const auto session = TRY(restore.session());
    const std::string what = fmt::format("'{}'", file);
    TRY_VOID(run(*session, "BEGIN", what));
    TRY_VOID(run(*session, sql, what));
    TRY_VOID(run(*session, "COMMIT", what));
    // What was overwritten lies in the files still, until they are written anew.
    return run(*session, part.engine == "postgres" ? "VACUUM FULL" : "VACUUM", "VACUUM");
}

Result<void> ask_queries(Restore& restore, const std::vector<std::string>& queries) {
    if (queries.empty()) return {};
    const auto session = TRY(restore.session());
    for (const auto& query : queries) {
        const auto answer = TRY(session->run(query));
        if (answer.refusal) return no(fmt::format("query '{}' was refused: {}", query, answer.refusal->message));
        if (answer.rows.empty() || answer.rows[0].empty()) return no(fmt::format("query '{}' has no answer", query));
        if (says_no(answer.rows[0][0]))
            return no(fmt::format("query '{}' answers {}", query, answer.rows[0][0].value_or("NULL")));
    }
    return {};
}

}
