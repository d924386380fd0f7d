#include "deploy/release/places.h"
#include "sys/files/owned/owned.h"

namespace fairlead::deploy {

Result<void> check_places(const Settings& settings, const Layout& layout) {
    const sys::Path state(settings.state);
    for (const auto& folder : {layout.releases(), layout.shared(), layout.run(), layout.root / "slots"})
        TRY_VOID(sys::check_way(folder, layout.root));
    for (const auto& folder : {state / "deployments", state / "releases", state / "sealed", state / "carried"})
        TRY_VOID(sys::check_way(folder, state));
    for (const auto& file : {layout.owner(), state / "lock", state / "state.json", state / "history.jsonl"})
        TRY_VOID(sys::check_own_file(file));
    for (const std::string slot : slot_names) {
        TRY_VOID(sys::check_way(layout.slot(slot), layout.root));
        for (const auto& file : {layout.env(slot), layout.launch(slot), layout.process(slot), layout.lock(slot),
                                 layout.log(slot), sys::Path(layout.log(slot).string() + ".1")})
            TRY_VOID(sys::check_own_file(file));
    }
    return {};
}

}
