#include "deploy/show/pending.h"
#include "deploy/policy/migrate.h"
#include "deploy/release/release.h"
#include "deploy/world.h"
#include "sys/data/json.h"

namespace fairlead::deploy {

namespace {

void ask(const Migrate& tool, Phase phase, std::vector<std::string> Pending::*list, Pending& pending) {
    if (!pending.unknown.empty()) return;
    auto versions = tool.pending(phase);
    if (versions.ok())
        pending.*list = std::move(versions).value();
    else
        pending.unknown = versions.error().message;
}

}

Pending pending_before(const World& world, const ReleaseInfo& release, const std::string& serving) {
    Pending pending;
    const auto& path = world.settings.release_path;
    const bool direct = world.settings.target == "direct";
    if (direct && world.host.inspect(path).type != sys::FileType::folder) {
        pending.unknown = "the release is an archive, and a plan does not unpack archives";
        return pending;
    }
    const bool is_there = !serving.empty() && world.host.inspect(serving).type == sys::FileType::folder;
    const Migrate tool(world, release, is_there ? serving : direct ? path : "", direct ? path + "/fairlead.yml" : "");
    ask(tool, Phase::expand, &Pending::expand, pending);
    ask(tool, Phase::contract, &Pending::contract, pending);
    return pending;
}

Pending pending_after(const World& world, const ReleaseInfo& release, const std::string& folder) {
    Pending pending;
    ask(Migrate(world, release, folder), Phase::contract, &Pending::contract, pending);
    return pending;
}

report::Member member_of(const Pending& pending) {
    sys::Json object{{"expand", pending.expand}, {"contract", pending.contract}};
    if (!pending.unknown.empty()) object = {{"unknown", pending.unknown}};
    return report::member("migrations", object);
}

}
