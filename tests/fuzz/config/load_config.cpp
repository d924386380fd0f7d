#include "config/config.h"
#include "sys/files/files.h"
#include <cstdint>
#include <cstdlib>
#include <fstream>

using namespace fairlead;

// Bytes as fairlead.yml: refused as wrong use with a message, or every typed reader gives what it promises.
namespace {

const Field rows[] = {{"path", Type::text, ""}, {"times", Type::integer, ""}, {"wait", Type::duration, ""}};
const Field any_name[] = {{"", Type::map, "", {}, rows}};
const Field table[] = {
    {"word", Type::map, "", {"a", "b"}, rows, Needed::optional, true},
    {"list", Type::map_list, "", {}, rows},
    {"open", Type::open_map, "", {}, any_name},
    {"paths", Type::text_list, ""},
    {"size", Type::size, ""},
    {"share", Type::share, ""},
    {"ratio", Type::number, ""},
    {"strict", Type::boolean, ""},
    {"any", Type::any, ""},
};

void read_all(const config::Value& value) {
    value.json();
    value.texts();
    value.duration({});
    if (value.present() && value.place().line < 0) std::abort();
    for (const auto& [key, child] : value.entries()) read_all(child);
    if (value.is_list()) {
        for (const auto& item : value.items()) read_all(item);
    }
}

}

extern "C" int fuzz_config_load_config(const std::uint8_t* data, std::size_t size) {
    static const auto folder = sys::TemporaryFolder::make("fuzz ");
    const auto path = folder->path() / "fairlead.yml";
    std::ofstream(path, std::ios::binary) << std::string_view(reinterpret_cast<const char*>(data), size); // unsynced
    const sys::Environment variables({{"A", "1"}, {"B", "two"}});
    const auto config = config::load({.path = path.string(),
                                      .folder = folder->path().string(),
                                      .environment = &variables,
                                      .environment_name = "staging",
                                      .tool = "deploy",
                                      .fields = table});
    if (!config) {
        if (config.error().kind != Kind::usage || config.error().message.empty()) std::abort();
        return 0;
    }
    read_all(config->root());
    const auto section = config->section("deploy", "staging");
    read_all(section);
    for (const auto& one : section["list"].items()) {
        if (one["times"].present() && one["times"].integer(-1) == -1 && one["times"].text() != "-1") std::abort();
    }
    return 0;
}
