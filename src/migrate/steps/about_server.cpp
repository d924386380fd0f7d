// The commands of server/commands.h as the tool asks for them.
#include "migrate/server/commands.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/database.h"

namespace fairlead::migrate {
namespace {

using ServerCommand = Result<report::Report> (*)(const server::Ask& ask);

Result<report::Report> on_server(ServerCommand command, const Place& place, const Request& request) {
    const Settings settings = TRY(settings_of(place, request));
    server::Ask ask{settings, place.variables};
    ask.table = settings.table;
    ask.terminate = request.terminate;
    ask.is_development = place.is_development();
    ask.dry_run = request.dry_run;
    ask.confirm = [&](std::string_view act) { return place.is_production() ? request.confirm(act) : Result<void>(); };
    return command(ask);
}

}

Result<report::Report> ping(const Place& place, const Request& request) {
    return on_server(server::ping, place, request);
}
Result<report::Report> unlock(const Place& place, const Request& request) {
    return on_server(server::unlock, place, request);
}
Result<report::Report> create(const Place& place, const Request& request) {
    return on_server(server::create, place, request);
}
Result<report::Report> reset(const Place& place, const Request& request) {
    return on_server(server::reset, place, request);
}

}
