#include "migrate/rehearsal/beyond.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/pieces.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::rehearsal {
namespace {

bool leaves(const sql::Statement& statement) {
    using Verb = sql::Statement::Verb;
    constexpr Verb verbs[] = {Verb::role, Verb::create_database, Verb::drop_database, Verb::alter_system,
                              Verb::tablespace};
    if (std::find(std::begin(verbs), std::end(verbs), statement.verb) != std::end(verbs)) return true;
    if (statement.verb == Verb::copy)
        return statement.object == "program" || (statement.object == "file" && !statement.from);
    constexpr std::string_view objects[] = {"role", "user", "group", "database", "subscription", "tablespace"};
    return std::any_of(std::begin(objects), std::end(objects), [&](std::string_view object) {
        for (const char* act : {"create ", "alter ", "drop "})
            if (statement.kind == std::string(act).append(object)) return true;
        return false;
    });
}

}

Result<void> check_stays_within(const files::Script& script, sql::Dialect dialect) {
    for (const Piece& piece : TRY(pieces_of(script, dialect))) {
        const bool is_beyond = dialect == sql::Dialect::postgres
                                   ? leaves(sql::understand({piece.text, piece.line, false}))
                                   : piece.kind == "attach";
        if (!is_beyond) continue;
        return no(fmt::format("{} reaches beyond the database, so that a rehearsal would do it in earnest; nothing was "
                              "done; make roles and databases by fairlead-migrate create (migrate.roles), or rehearse "
                              "without this migration",
                              sql::kind_of(piece.text, dialect)),
                  {script.path, piece.line, 0, ""});
    }
    return {};
}

}
