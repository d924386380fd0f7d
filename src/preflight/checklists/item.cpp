#include "preflight/checklists/item.h"
#include "sys/digest.h"
#include <algorithm>

namespace fairlead::preflight {

std::string_view name_of(ItemKind kind) {
    return kind == ItemKind::automatic ? "auto" : kind == ItemKind::manual ? "manual" : "either";
}

std::string_view name_of(ItemPhase phase) {
    return phase == ItemPhase::before ? "before" : phase == ItemPhase::after ? "after" : "drill";
}

std::string Item::text_sha() const {
    constexpr std::size_t shown = 12;
    return sys::sha256(text).substr(0, shown);
}

const Item* Checklist::find(std::string_view id) const {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
    return found == items.end() ? nullptr : &*found;
}

}
