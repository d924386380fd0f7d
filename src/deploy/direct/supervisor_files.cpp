#include "deploy/direct/supervisor.h"
#include "sys/data/json.h"

// The files of a slot that a supervisor reads and writes: how its process is started, and how it is.
namespace fairlead::deploy {

namespace {

using sys::Json;

std::int64_t number(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool read_words(const Json& object, const char* name, std::vector<std::string>& words) {
    const auto list = object.find(name);
    if (list == object.end() || !list->is_array()) return false;
    for (const auto& word : *list) {
        if (!word.is_string()) return false;
        words.push_back(word.get<std::string>());
    }
    return true;
}

}

std::string to_json(const Launch& launch) {
    Json object{{"schema", 1},
                {"argv", launch.argv},
                {"folder", launch.folder},
                {"socket", launch.socket},
                {"log", launch.log},
                {"stop_signal", launch.stop_signal},
                {"stop_timeout_ms", launch.stop_timeout.count()},
                {"secrets", launch.secrets}};
    // Without them as an earlier version wrote it: no new start.
    if (!launch.user.empty()) object["user"] = launch.user;
    if (launch.port != 0) object["port"] = launch.port;
    if (launch.umask >= 0) object["umask"] = launch.umask;
    const auto& limits = launch.limits;
    if (limits.any())
        object["limits"] = {{"memory", limits.memory},
                            {"processes", limits.processes},
                            {"open_files", limits.open_files},
                            {"cpus", limits.cpus}};
    return sys::dump_json(object, 2) + "\n";
}

Result<Launch> parse_launch(std::string_view text, const std::string& file) {
    const auto object = TRY(sys::parse_json(text, file));
    Launch launch;
    const auto wrong = [&] { return could_not("this file does not say how to start a process", {.file = file}); };
    if (!object.is_object()) return wrong();
    if (!read_words(object, "argv", launch.argv) || launch.argv.empty()) return wrong();
    if (object.contains("secrets") && !read_words(object, "secrets", launch.secrets)) return wrong();
    for (const auto& [name, member] :
         {std::pair{"folder", &Launch::folder}, std::pair{"socket", &Launch::socket}, std::pair{"log", &Launch::log},
          std::pair{"stop_signal", &Launch::stop_signal}}) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_string()) return wrong();
        launch.*member = found->get<std::string>();
    }
    if (const auto user = object.find("user"); user != object.end()) {
        if (!user->is_string()) return wrong(); // never as somebody else
        launch.user = user->get<std::string>();
    }
    launch.stop_timeout = Milliseconds{number(object, "stop_timeout_ms")};
    launch.port = static_cast<int>(number(object, "port"));
    if (object.contains("umask")) launch.umask = static_cast<int>(number(object, "umask")) & 0777;
    if (const auto limits = object.find("limits"); limits != object.end()) {
        if (!limits->is_object() || !limits->value("cpus", Json(0)).is_number()) return wrong();
        launch.limits = {.memory = static_cast<std::uint64_t>(number(*limits, "memory")),
                         .processes = static_cast<int>(number(*limits, "processes")),
                         .open_files = static_cast<int>(number(*limits, "open_files")),
                         .cpus = limits->value("cpus", 0.0)};
    }
    return launch;
}

std::string to_json(const SupervisorState& state) {
    return sys::dump_json({{"schema", 1},
                           {"supervisor", state.supervisor.pid},
                           {"supervisor_started", state.supervisor.started},
                           {"process", state.process.pid},
                           {"process_started", state.process.started},
                           {"restarts", state.restarts},
                           {"last_status", state.last_status}}) +
           "\n";
}

Result<SupervisorState> parse_supervisor_state(std::string_view text, const std::string& file) {
    const auto object = TRY(sys::parse_json(text, file));
    if (!object.is_object()) return could_not("this file does not hold the state of a supervisor", {.file = file});
    const auto id = [&](const char* pid, const char* started) {
        return sys::ProcessId{static_cast<int>(number(object, pid)),
                              static_cast<std::uint64_t>(number(object, started))};
    };
    return SupervisorState{id("supervisor", "supervisor_started"), id("process", "process_started"),
                           static_cast<int>(number(object, "restarts")),
                           static_cast<int>(number(object, "last_status"))};
}

}
