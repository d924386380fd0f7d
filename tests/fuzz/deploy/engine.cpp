#include "deploy/compose/engine.h"
#include "deploy/compose/model.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::deploy;

// What an engine or compose prints never ends us, and a model that was read takes a change of each of its services.
extern "C" int fuzz_deploy_engine(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    (void)parse_containers(text);
    (void)parse_container(text);
    (void)parse_image(text);
    (void)parse_stats(text);
    if (decode_log(text).size() > size) std::abort();
    const auto model = parse_model(text);
    if (!model.ok()) return 0;
    for (const auto& service : model->services) {
        (void)hindrances(service, nullptr, service.scale);
        const Change change{.service = service.name, .image = "x@sha256:1", .labels = {{"a", "b"}}};
        const auto changed = changed_model(text, {change});
        if (changed.ok() && !parse_model(changed.value()).ok()) std::abort();
        (void)config_hash(text, change);
    }
    return 0;
}
