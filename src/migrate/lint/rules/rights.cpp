#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// Who may do what.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;

void check_grant(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::grant, [&](const Statement& one, std::size_t) {
        if (one.from) return;
        const bool creates = std::find(one.privileges.begin(), one.privileges.end(), "create") != one.privileges.end();
        const bool opens = creates && one.object == "schema" && table_of(one) == "public";
        const char* what = one.to_public        ? "every role gets it"
                           : one.all_privileges ? "ALL holds more than anybody needs"
                           : opens              ? "anyone who may create in public can shadow functions"
                                                : nullptr;
        if (what != nullptr) hits.add(one, fmt::format("grant; {}; name the privileges and the roles", what));
    });
}

void check_password(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::role, [&](const Statement& one, std::size_t) {
        if (one.has_password)
            hits.add(one, fmt::format("{}; a password is in the file, and in the server's log; set it by \\password, "
                                      "or let the platform do it",
                                      one.kind));
    });
}

void check_definer(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::create_function, [&](const Statement& one, std::size_t) {
        if (!one.security_definer) return;
        const bool is_set = std::any_of(script.statements.begin(), script.statements.end(), [&](const Statement& each) {
            return each.verb == Verb::create_function && each.name == one.name && each.sets_search_path;
        });
        if (!is_set)
            hits.add(one,
                     fmt::format("function {}; SECURITY DEFINER with the caller's search_path runs what the caller put "
                                 "there; SET search_path = pg_catalog, pg_temp",
                                 one.name));
    });
}

void check_extension(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::create_extension, [&](const Statement& one, std::size_t) {
        hits.add(one, fmt::format("extension {}; it needs rights that a managed server may not give; check whether it "
                                  "is there, or have it made first",
                                  one.name));
    });
    for (const Statement& one : script.statements)
        if (one.kind == "alter extension")
            hits.add(one, "alter extension; its new version runs a script that no rule sees, under the locks that it "
                          "takes; read that script, and update the extension by hand");
}

}

std::span<const Rule> right_rules() {
    static const std::vector<Rule> rules = {
        {"mig-grant-wide",
         "A right is given to more roles than need it",
         Level::warning,
         check_grant,
         "ALL, PUBLIC and CREATE in the schema public are more than an application asks for.",
         "GRANT SELECT, INSERT, UPDATE ON t TO app;",
         {}},
        {"mig-password-literal",
         "A password is in a migration",
         Level::error,
         check_password,
         "The password is in the repository, in the server's log and in everybody's clone.",
         "CREATE ROLE app LOGIN; -- \\password app",
         {},
         Engines::all,
         true},
        {"mig-security-definer",
         "A function with its owner's rights takes the caller's search_path",
         Level::warning,
         check_definer,
         "Anyone who can create a function or table in a schema of that path can make the server use this function or "
         "table with the owner's rights.",
         "CREATE FUNCTION f() … SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
         {},
         Engines::postgres,
         true},
        {"mig-extension",
         "An extension is made or updated",
         Level::info,
         check_extension,
         "Managed servers allow only some extensions, and only some roles may make them. An update may rewrite tables "
         "and indexes of its types.",
         "Make it once by hand if the server requires that.",
         {}},
    };
    return rules;
}

}
